"""The backends: one folder each, and one line in `gateway.models.Backend`. The folder has the line's name in small letters.

Its modules say what it offers: `backend` has BACKEND, the class that the composition root makes; `sandbox` has SANDBOX, the
class of the simulated system; `mapping` has TABLES, `documented` has OPERATIONS. A folder may do without the last three.
"""

import importlib
from importlib.util import find_spec
from types import ModuleType

from gateway.models import Backend
from gateway.ports import BackendClass
from gateway.sandbox.system import SimulatedSystem


def backend_class(name: Backend) -> BackendClass:
    """What a backend is made of. Raises ModuleNotFoundError where the folder or its module `backend` is missing."""
    made: BackendClass = importlib.import_module(_place(name, "backend")).BACKEND
    return made


def sandbox_class(name: Backend) -> type[SimulatedSystem] | None:
    """What the simulated system of a backend is made of; None where it has none."""
    found = module_of(name, "sandbox")
    made: type[SimulatedSystem] | None = found.SANDBOX if found else None
    return made


def module_of(name: Backend, part: str) -> ModuleType | None:
    """A module of a backend's folder; None where the folder has none of this name."""
    place = _place(name, part)
    return importlib.import_module(place) if find_spec(place) else None


def _place(name: Backend, part: str) -> str:
    return f"{__name__}.{name.lower()}.{part}"
