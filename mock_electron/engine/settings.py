"""What a lane is set to. Every switch of the wire specification is here."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from math import inf
from typing import Any, Final

from mock_electron.engine.clock import CLOCKS
from mock_electron.engine.pace import Pace

MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a lane.

    seed: chooses among all possible worlds; same seed, same bytes.
    sampling: "steady", one reply to a request without a seed; or "varied", another one each time
        that it comes, in an order that is always the same.
    clock: "frozen" at 1740000000, or "real".
    api_keys: the keys that are let in; none means every key.
    pace: how fast replies come; None, at once. Under a frozen clock nobody waits.
    accept_json_schema: let `response_format.type: "json_schema"` through (rejected by default: A).
    named_tool_finish: the finish reason where the request names the tool: "tool_calls" (D), or
        "stop" as vLLM has it.
    not_found: the body of a 404: "json", the envelope; or "html", as Express answers (I).
    body_limit: the largest body that is read, in bytes (A).
    upload_timeout: seconds without a byte of the body after which an upload is given up (A).

    Raises ValueError for a value that is none of these.
    """

    seed: int = 0
    sampling: str = "steady"
    clock: str = "frozen"
    api_keys: tuple[str, ...] = ()
    pace: Pace | None = None
    accept_json_schema: bool = False
    named_tool_finish: str = "tool_calls"
    not_found: str = "json"
    body_limit: int = 4 * MIB
    upload_timeout: float = 10.0

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            given = getattr(self, name)
            if given not in choices:
                raise ValueError(
                    f"{name} is {' or '.join(map(repr, choices))}, not {given!r}."
                    + _nearest(given, choices)
                )
        for name, (words, holds) in RULES.items():
            given = getattr(self, name)
            if not holds(given):
                raise ValueError(f"{name} is {words}, not {given!r}.")

    @classmethod
    def of(cls, **options: Any) -> "Settings":
        """The settings with these options.

        Raises TypeError, with the nearest name, for an option that does not exist.
        """
        names = tuple(field.name for field in fields(cls))
        for name in options:
            if name not in names:
                known = f" Settings: {', '.join(names)}."
                raise TypeError(f"there is no setting {name!r}.{_nearest(name, names)}{known}")
        return cls(**options)


CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "sampling": ("steady", "varied"),
    "clock": tuple(CLOCKS),
    "named_tool_finish": ("tool_calls", "stop"),
    "not_found": ("json", "html"),
}


def _is_keys(given: object) -> bool:
    return isinstance(given, tuple) and all(isinstance(key, str) and key for key in given)


def _is_seconds(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and 0 < given < inf


RULES: Final[Mapping[str, tuple[str, Callable[[object], bool]]]] = {
    "seed": ("an integer", lambda given: type(given) is int),
    "api_keys": ("a tuple of non-empty strings", _is_keys),
    "pace": ("a Pace or None", lambda given: isinstance(given, Pace | None)),
    "accept_json_schema": ("True or False", lambda given: isinstance(given, bool)),
    "body_limit": ("a number of bytes", lambda given: type(given) is int and given > 0),
    "upload_timeout": ("a number of seconds", _is_seconds),
}
"""What each setting must be, in words and as a check."""


def _nearest(name: object, names: Iterable[str]) -> str:
    found = difflib.get_close_matches(str(name), list(names), n=1)
    return f" Did you mean {found[0]!r}?" if found else ""
