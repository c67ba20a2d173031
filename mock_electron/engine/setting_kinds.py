"""The kinds of settings: how a value is checked, and how it is read from text.

The pytest plugin imports this module whenever pytest starts, so this module imports little: the
modules of plans and paces are imported when one is checked.
"""

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple, get_args

from mock_electron.engine.pace import PACES, Pace, pace_of
from mock_electron.engine.plan import PLANS, Plan, plan_of
from mock_electron.engine.tool_names import tool_name
from mock_electron.inputs.checks import (
    api_key,
    boolean,
    choice,
    must_be,
    number,
    seconds,
    whole_number,
)
from mock_electron.inputs.spelling import unknown

TRUE: Final = ("true", "yes", "on", "1")
FALSE: Final = ("false", "no", "off", "0")
PLAN_AS_TEXT: Final = "two integers such as 10:3 for requests per minute and requests in flight"
PACE_AS_TEXT: Final = (
    "times such as 174:5 or 174:5:0.2: milliseconds to the first token, milliseconds between "
    "tokens, and a jitter from 0 to 1"
)

HOST: Final = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?")
BRACKETED: Final = re.compile(r"\[([^\[\]]*)\]")


class SettingKind(NamedTuple):
    """One kind of setting.

    Attributes:
        check: Takes the setting's name and a value; returns the value, or raises ValueError.
        parse: Takes the setting's name and a text; returns a value, or raises ValueError.
        syntax: The form of the text, for help texts: `INTEGER`, `[steady|varied]`.
        is_switch: Whether the setting is a boolean.
        is_list: Whether the setting has several values.
    """

    check: Callable[[str, Any], Any]
    parse: Callable[[str, str], Any]
    syntax: str
    is_switch: bool = False
    is_list: bool = False


def integer(least: int | None = None) -> SettingKind:
    """Return the kind of integers of at least `least`."""
    return SettingKind(
        lambda name, value: whole_number(name, value, least), _parse_integer, "INTEGER"
    )


def fraction() -> SettingKind:
    """Return the kind of numbers from 0 to 1."""
    return SettingKind(lambda name, value: number(name, value, 0, 1), _parse_number, "FRACTION")


def positive_seconds() -> SettingKind:
    """Return the kind of times in seconds, above 0."""
    return SettingKind(
        lambda name, value: seconds(name, value, above_zero=True), _parse_number, "SECONDS"
    )


def one_of(literal: Any) -> SettingKind:
    """Return the kind of choices that a `Literal` type lists."""
    choices = get_args(literal)
    return SettingKind(
        lambda name, value: choice(name, value, choices),
        lambda _name, text: text,
        f"[{'|'.join(choices)}]",
    )


def switch() -> SettingKind:
    """Return the kind of booleans."""
    return SettingKind(boolean, _parse_boolean, "BOOLEAN", is_switch=True)


def keys() -> SettingKind:
    """Return the kind of lists of API keys."""
    return SettingKind(_check_keys, _parse_list, "KEY", is_list=True)


def hosts() -> SettingKind:
    """Return the kind of lists of host names."""
    return SettingKind(_check_hosts, _parse_list, "NAME", is_list=True)


def key_groups() -> SettingKind:
    """Return the kind of groups of API keys, each a sequence of keys or a text such as `a:b`."""
    return SettingKind(_check_key_groups, _parse_list, "KEYS", is_list=True)


def tools() -> SettingKind:
    """Return the kind of lists of tools, each given by name or as a request lists it."""
    return SettingKind(_check_tools, _parse_list, "TOOL", is_list=True)


def plan() -> SettingKind:
    """Return the kind of plans, given by name or as limits."""
    return SettingKind(_check_plan, _parse_plan, "PLAN")


def pace() -> SettingKind:
    """Return the kind of paces, given by name or as times."""
    return SettingKind(_check_pace, _parse_pace, "PACE")


def _parse_integer(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(must_be(name, "an integer", text)) from None


def _parse_number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(must_be(name, "a number", text)) from None


def _parse_boolean(name: str, text: str) -> bool:
    if text.lower() in TRUE + FALSE:
        return text.lower() in TRUE
    raise ValueError(must_be(name, "true or false", text))


def _parse_list(_name: str, text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split(","))))


def _check_keys(name: str, value: Any) -> tuple[str, ...]:
    value = tuple(value) if isinstance(value, list) else value
    if not isinstance(value, tuple) or not all(isinstance(key, str) and key for key in value):
        raise ValueError(must_be(name, "a tuple of non-empty strings", value))
    for position, key in enumerate(value, 1):
        try:
            api_key(name, key)
        except ValueError as error:
            which = f"; number {position} is different" if len(value) > 1 else ""
            raise ValueError(f"{error}{which}") from None
    return value


def _check_hosts(name: str, value: Any) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else value
    wrong = (
        [one for one in names if not _is_host(one)] if isinstance(names, list | tuple) else [value]
    )
    if not wrong:
        return tuple(names)
    what = "host names such as 'mock.test', without a scheme, a port, a path or a wildcard"
    raise ValueError(must_be(name, what, wrong[0]))


def _is_host(value: object) -> bool:
    """Return whether this is a host name or an IP address, which may be in brackets."""
    from ipaddress import ip_address  # pytest should not import it at every start

    if not isinstance(value, str) or HOST.fullmatch(value):
        return isinstance(value, str)
    try:
        return ip_address(BRACKETED.sub(r"\1", value)).version == 6
    except ValueError:
        return False


def _check_key_groups(name: str, value: Any) -> tuple[tuple[str, ...], ...]:
    if not value:
        return ()
    from mock_electron.engine.keys import check_groups

    listed = (value,) if isinstance(value, str) else value
    try:
        groups = tuple(tuple(g.split(":") if isinstance(g, str) else g) for g in listed)
    except TypeError:
        groups = ()
    return check_groups(name, groups)


def _check_tools(name: str, value: Any) -> tuple[str, ...]:
    try:
        return tuple(map(tool_name, [value] if isinstance(value, str) else value))
    except ValueError as error:
        raise ValueError(str(error).replace("the name of a tool", name, 1)) from None
    except (TypeError, KeyError) as error:
        what = "a list of names, or of tools as a request lists them"
        raise ValueError(must_be(name, what, value)) from error


def _check_plan(_name: str, value: Any) -> Any:
    plan_of(value)
    return value


def _parse_plan(_name: str, text: str) -> Any:
    if text in PLANS:
        return text
    try:
        requests, in_flight = map(int, text.split(":"))
        return Plan(requests, in_flight)
    except ValueError:
        raise ValueError(unknown("plan", text, PLANS, alternative=PLAN_AS_TEXT)) from None


def _check_pace(_name: str, value: Any) -> Any:
    pace_of(value)
    return value


def _parse_pace(_name: str, text: str) -> Any:
    if text in PACES:
        return text
    try:
        times = [float(part) for part in text.split(":")]
        first, each, jitter = times if len(times) == 3 else (*times, 0.0)
        return Pace(first / 1000, each / 1000, jitter)
    except ValueError:
        raise ValueError(unknown("pace", text, PACES, alternative=PACE_AS_TEXT)) from None
