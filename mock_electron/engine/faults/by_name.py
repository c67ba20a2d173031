"""The faults by their names in script files and messages: `Cut` is `cut`, `NoDone` is `no_done`."""

import re
from collections.abc import Mapping
from typing import Final

from mock_electron.engine import faults
from mock_electron.engine.faults.fault import Fault


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


FAULTS: Final[Mapping[str, type[Fault]]] = {
    _snake_case(name): value
    for name, value in vars(faults).items()
    if isinstance(value, type) and issubclass(value, Fault) and name not in ("Fail", "Fault")
}
"""Every fault except `fail`, which has its own names."""
