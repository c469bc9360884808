"""Which records of backends are one warehouse: those that the settings give one name, else those of equal code."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gateway.models import Backend, WarehouseRecord


@dataclass(frozen=True, slots=True)
class WarehouseNames:
    """`given` is the setting GATEWAY_WAREHOUSES: for each name the warehouse's id or code in each backend."""

    given: Mapping[str, Mapping[Backend, str]]
    _names: Mapping[tuple[Backend, str], str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = {(backend, code): name for name, codes in self.given.items() for backend, code in codes.items()}
        object.__setattr__(self, "_names", names)

    def key_of(self, record: WarehouseRecord) -> str:
        """The key of the warehouse that a record belongs to."""
        code = record.code.strip()
        return self._names.get((record.backend, record.backend_id)) or self._names.get((record.backend, code)) or code

    def among(self, key: str, records: Iterable[WarehouseRecord]) -> list[WarehouseRecord]:
        """The records of one warehouse: of one backend hardly more than one."""
        return [record for record in records if self.key_of(record) == key]
