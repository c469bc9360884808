"""Searches: finding records by their number, which CartonCloud's newer documents have and the page of 2019 has not."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from gateway.backends.cartoncloud.client import CartonCloudClient
from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.records import Sent
from gateway.backends.cartoncloud.settings import CartonCloudSettings
from gateway.clock import now
from gateway.errors import Rejected
from gateway.models import Backend
from gateway.vault import Vault

_REMEMBERED = timedelta(days=1)
_NOT_THERE = "CartonCloud does not answer searches here: set GATEWAY_CARTONCLOUD__SEARCH to probe or off."


class Search:
    """Asks where the settings say so; with `probe` what CartonCloud answers is remembered for a day, by all processes."""

    def __init__(self, settings: CartonCloudSettings, client: CartonCloudClient, vault: Vault) -> None:
        self._mode = settings.search
        self._client = client
        self._vault = vault
        tenant = hashlib.sha256(f"{settings.base_url}/{settings.tenant_id}".encode()).hexdigest()[:16]
        self._name = f"cartoncloud/search/{tenant}"

    async def by_number(self, kind: RecordKind, number: str) -> Sequence[Sent] | None:
        """All records whose customer calls them so; None where CartonCloud cannot be searched."""
        known = await self._vault.get(self._name) if self._mode == "probe" else None
        if self._mode == "off" or _says_no(known):
            return None
        found = await self._client.search(kind, _condition(kind, number))
        if found is None and self._mode == "on":
            raise Rejected(Backend.CARTONCLOUD, _NOT_THERE)
        if self._mode == "probe" and not (known and _fresh(known)):
            await self._vault.replace(self._name, known, f"{'no' if found is None else 'yes'} {now().timestamp()}")
        return found


def _says_no(known: str | None) -> bool:
    return known is not None and known.startswith("no ") and _fresh(known)


def _fresh(known: str) -> bool:
    return now().timestamp() - float(known.partition(" ")[2]) < _REMEMBERED.total_seconds()


def _condition(kind: RecordKind, number: str) -> dict[str, Any]:
    """The outermost condition must be one that joins others. Consignments know the older way to name a field alone."""
    field = {"type": "JsonField", "pointer": "/references/customer"}
    if kind is RecordKind.CONSIGNMENT:
        field = {"type": "ValueField", "value": "reference"}
    value = {"type": "ValueField", "value": number}
    leaf = {"type": "TextComparisonCondition", "field": field, "value": value, "method": "EQUAL_TO"}
    return {"type": "AndCondition", "conditions": [leaf]}
