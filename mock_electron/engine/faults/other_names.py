"""The message for a fault that does not exist."""

from collections.abc import Iterable, Mapping
from typing import Final

from mock_electron.inputs.spelling import did_you_mean

OTHER_NAMES: Final[Mapping[str, str]] = {
    "Timeout": "faults.Silence() or faults.Stall(seconds=2)",
    "Delay": "faults.Stall(seconds=2) or fail(503, delay=2)",
    "Disconnect": "faults.Cut(after=3), faults.Close() or faults.Reset()",
    "RateLimit": "fail(429)",
    "Error": "fail(503)",
}
"""What to write instead of names of faults that other fakes have."""
HIDDEN: Final = ("Fail", "Fault")
"""`fail` makes errors, and `Fault` is only a base."""


def no_such_fault(name: str, names: Iterable[str]) -> str:
    """Return the message for an attribute that the module `mock_electron.faults` does not have.

    Args:
        name: The attribute.
        names: Those that it has.
    """
    message = f"module 'mock_electron.faults' has no attribute {name!r}"
    if name in OTHER_NAMES:
        return f"{message}; write {OTHER_NAMES[name]}"
    known = [one for one in names if one[0] != "_" and one not in HIDDEN]
    hint = "" if name.startswith("_") else did_you_mean(name, known)
    return f"{message}.{hint}" if hint else message
