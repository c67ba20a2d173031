"""What a lane is set to. Every switch of the wire specification is here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final, TypedDict

from mock_electron.engine.clock import CLOCKS
from mock_electron.engine.limits import Plan, plan_of
from mock_electron.engine.pace import Pace, pace_of
from mock_electron.engine.tool_names import tool_name
from mock_electron.inputs.numbers import is_number, is_whole
from mock_electron.inputs.spelling import did_you_mean

MIB: Final = 1024 * 1024
LONGEST_TIME: Final = 10**9


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a lane.

    seed: chooses among all possible worlds; same seed, same bytes.
    sampling: "steady", one reply to a request without a seed; or "varied", another one each time
        that it comes, in an order that is always the same.
    clock: "frozen" at 1740000000 until it is advanced, or "real".
    api_keys: the keys that are let in; none means every key.
    plan: "unlimited", "standard", "enterprise" (D), or a Plan of your own; for every key that does
        not carry one.
    pace: how fast replies come: "instant", "electron", or a Pace of your own. On a frozen clock
        nobody waits, and the clock goes forward by itself.
    drift: the share, from 0 to 1, of replies to a request with a seed that are not the ones that
        belong to the seed (D that it happens).
    prefix_cache_tokens: how many tokens the prefix cache holds; 0 caches nothing (A).
    prefix_cache_idle: seconds after which it forgets what nobody used (A).
    fault_header: whether a request may ask for its own fault with `X-Mock-Electron`.
    accept_json_schema: let `response_format.type: "json_schema"` through (rejected by default: A).
    named_tool_finish: the finish reason where the request names the tool: "tool_calls" (D), or
        "stop" as vLLM has it.
    not_found: the body of a 404: "json", the envelope; or "html", as Express answers (I).
    body_limit: the largest body that is read, in bytes (A).
    upload_timeout: seconds without a byte of the body after which an upload is given up (A).
    strict: whether a request that no step of the script answers is refused, and fails the test.
    tools: the names of the tools on offer, or the tools as a request has them: with strict, a
        script that names another one is an error.
    journal_exchanges, journal_bytes: how much the journal keeps; the oldest is dropped first.

    Raises ValueError for a value that is none of these.
    """

    seed: int = 0
    sampling: str = "steady"
    clock: str = "frozen"
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    plan: str | Plan = "unlimited"
    pace: str | Pace = "instant"
    drift: float = 0.0
    prefix_cache_tokens: int = 1_048_576
    prefix_cache_idle: float = 300.0
    fault_header: bool = True
    accept_json_schema: bool = False
    named_tool_finish: str = "tool_calls"
    not_found: str = "json"
    body_limit: int = 4 * MIB
    upload_timeout: float = 10.0
    strict: bool = False
    tools: tuple[str, ...] = ()
    journal_exchanges: int = 10_000
    journal_bytes: int = 256 * MIB

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            given = getattr(self, name)
            if given not in choices:
                raise ValueError(
                    f"{name} is {' or '.join(map(repr, choices))}, not {given!r}."
                    + did_you_mean(given, choices)
                )
        for name, (words, holds) in RULES.items():
            given = getattr(self, name)
            if not holds(given):
                raise ValueError(f"{name} is {words}, not {given!r}.")
        object.__setattr__(self, "tools", _tool_names(self.tools))
        plan_of(self.plan)
        pace_of(self.pace)

    @classmethod
    def of(cls, **options: Any) -> "Settings":
        """The settings with these options.

        Raises TypeError, with the nearest name, for an option that does not exist.
        """
        names = tuple(field.name for field in fields(cls))
        for name in options:
            if name not in names:
                known = f" Settings: {', '.join(names)}."
                raise TypeError(f"there is no setting {name!r}.{did_you_mean(name, names)}{known}")
        return cls(**options)


class Options(TypedDict, total=False):
    """The settings by name, for the checkers of types."""

    seed: int
    sampling: str
    clock: str
    api_keys: tuple[str, ...]
    plan: str | Plan
    pace: str | Pace
    drift: float
    prefix_cache_tokens: int
    prefix_cache_idle: float
    fault_header: bool
    accept_json_schema: bool
    named_tool_finish: str
    not_found: str
    body_limit: int
    upload_timeout: float
    strict: bool
    tools: Sequence[Any]
    journal_exchanges: int
    journal_bytes: int


CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "sampling": ("steady", "varied"),
    "clock": tuple(CLOCKS),
    "named_tool_finish": ("tool_calls", "stop"),
    "not_found": ("json", "html"),
}


def _is_keys(given: object) -> bool:
    return isinstance(given, tuple) and all(isinstance(key, str) and key for key in given)


def _tool_names(given: Any) -> tuple[str, ...]:
    """The names of tools that are given by name, or as a request has them."""
    try:
        return tuple(map(tool_name, [given] if isinstance(given, str) else given))
    except (TypeError, KeyError) as error:
        raise ValueError(
            f"tools is a list of names, or of tools as a request has them, not {given!r}."
        ) from error


def _is_seconds(given: object) -> bool:
    return given != 0 and is_number(given, 0, LONGEST_TIME)


RULES: Final[Mapping[str, tuple[str, Callable[[object], bool]]]] = {
    "seed": ("an integer", lambda given: type(given) is int),
    "api_keys": ("a tuple of non-empty strings", _is_keys),
    "drift": ("a share from 0 to 1", lambda given: is_number(given, 0, 1)),
    "prefix_cache_tokens": ("a number of tokens", lambda given: is_whole(given, 0)),
    "prefix_cache_idle": ("a number of seconds", _is_seconds),
    "fault_header": ("True or False", lambda given: isinstance(given, bool)),
    "accept_json_schema": ("True or False", lambda given: isinstance(given, bool)),
    "body_limit": ("a number of bytes", lambda given: is_whole(given, 1)),
    "upload_timeout": ("a number of seconds", _is_seconds),
    "strict": ("True or False", lambda given: isinstance(given, bool)),
    "journal_exchanges": ("a number of exchanges", lambda given: is_whole(given, 1)),
    "journal_bytes": ("a number of bytes", lambda given: is_whole(given, 1)),
}
"""What each setting must be, in words and as a check."""
