"""Settings as a command line or an ini file gives them: as text."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from mock_electron.engine.limits import PLANS, Plan
from mock_electron.engine.pace import PACES, Pace

TRUE: Final = ("true", "yes", "on", "1")
FALSE: Final = ("false", "no", "off", "0")


def plan(text: str) -> str | Plan:
    """A plan by its name, or REQUESTS:IN_FLIGHT."""
    if text in PLANS:
        return text
    try:
        requests, in_flight = map(int, text.split(":"))
        return Plan(requests, in_flight)
    except ValueError:
        raise ValueError(
            f"{text!r} is no plan. Give {', '.join(PLANS)}, or two numbers such as 10:3: "
            "requests per minute, and requests in flight."
        ) from None


def pace(text: str) -> str | Pace:
    """A pace by its name, or FIRST:EACH in milliseconds, or FIRST:EACH:JITTER with a share."""
    if text in PACES:
        return text
    try:
        times = [float(part) for part in text.split(":")]
        first, each, jitter = times if len(times) == 3 else (*times, 0.0)
        return Pace(first / 1000, each / 1000, jitter)
    except ValueError:
        raise ValueError(
            f"{text!r} is no pace. Give electron, instant, or times in milliseconds such as "
            "174:5: to the first token of a prompt of 1,000 tokens, and between two tokens; "
            "and a jitter, if you like: 174:5:0.2."
        ) from None


def _switch(text: str) -> bool:
    if text.lower() in TRUE + FALSE:
        return text.lower() in TRUE
    raise ValueError(f"{text!r} is not true or false")


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{text!r} is no whole number") from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text!r} is no number") from None


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split(","))))


READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "seed": _whole,
    "sampling": str,
    "clock": str,
    "api_keys": _names,
    "plan": plan,
    "pace": pace,
    "drift": _number,
    "prefix_cache_tokens": _whole,
    "prefix_cache_idle": _number,
    "fault_header": _switch,
    "accept_json_schema": _switch,
    "named_tool_finish": str,
    "not_found": str,
    "body_limit": _whole,
    "upload_timeout": _number,
    "strict": _switch,
    "tools": _names,
    "journal_exchanges": _whole,
    "journal_bytes": _whole,
}
"""How each setting is read from text; a list is written with commas."""


def read(name: str, text: str) -> Any:
    """The value of a setting. Raises ValueError, with the setting's name, for another text."""
    try:
        return READ[name](text)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
