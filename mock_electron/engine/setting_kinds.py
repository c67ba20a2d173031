"""The kinds of settings: how a value is checked, and how it is read from text."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.engine.pace import PACES, pace_of, parse_pace
from mock_electron.engine.plan import PLANS, parse_plan, plan_of
from mock_electron.engine.setting_table import SETTINGS, KindName, Setting
from mock_electron.inputs.checks import (
    boolean,
    choice,
    must_be,
    number,
    seconds,
    whole_number,
)
from mock_electron.inputs.spelling import echoed

UNMISTAKABLE: Final = ("choice", "plan", "pace")
"""The kinds of settings with values of their own."""
TRUE: Final = ("true", "yes", "on", "1")
FALSE: Final = ("false", "no", "off", "0")

HOST: Final = regex(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?")
ORIGIN: Final = regex(r"[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
BRACKETED: Final = regex(r"\[([^\[\]]*)\]")


class SettingKind(Struct, frozen=True):
    """One kind of setting.

    Attributes:
        check: Takes the setting's name, a value and the row; returns the value, or raises
            ValueError.
        parse: Takes the setting's name and a text; returns a value, or raises ValueError.
        syntax: The form of the text, for help texts. A choice lists its texts instead.
    """

    check: Callable[[str, Any, Setting], Any]
    parse: Callable[[str, str], Any]
    syntax: str = ""


def check(row: Setting, name: str, value: Any) -> Any:
    """Return the value of a setting.

    Args:
        row: The row of the setting.
        name: The name for the message: that of the setting or of an option.
        value: The value.

    Raises:
        ValueError: If the setting does not accept it.
    """
    return KINDS[row.kind].check(name, value, row)


def parse_setting(name: str, text: str) -> Any:
    """Return the value of a setting that a command line or an ini file gives as text.

    Raises:
        ValueError: If the text is not a value of the setting.
    """
    row = SETTINGS[name]
    try:
        return check(row, name, KINDS[row.kind].parse(name, text))
    except ValueError as error:
        hint = "; separate values with commas" if row.is_list and len(text.split()) > 1 else ""
        raise ValueError(f"{error}{hint if ',' not in text else ''}") from error


def check_by_name(function: str, given: tuple[object, ...]) -> None:
    """Raise TypeError if settings are given without their names.

    Args:
        function: The name of the function, for the message.
        given: Its arguments without names.
    """
    if given:
        form = f"{function}({_name_for(given[0])})"
        shown = ", ".join(map(echoed, given))
        raise TypeError(f"{function}() takes settings by name, got {shown}; write {form}")


def _name_for(value: object) -> str:
    """Return the setting that a value without a name may be meant for, as it is written."""
    if isinstance(value, str | Path) and str(value).endswith((".yaml", ".yml", ".json")):
        return f"script={str(value)!r}"
    for name, row in SETTINGS.items():
        with suppress(ValueError):
            if row.kind in UNMISTAKABLE:
                check(row, name, value)
                return f"{name}={value!r}"
    return "plan='standard'" if type(value) is not int else f"seed={value}"


def syntax(row: Setting) -> str:
    """Return the form of a setting's text, for help texts: `INTEGER`, `[steady|varied]`."""
    return f"[{'|'.join(row.choices)}]" if row.choices else KINDS[row.kind].syntax


def _check_integer(name: str, value: Any, row: Setting) -> int:
    return whole_number(name, value, row.least)


def _check_fraction(name: str, value: Any, _row: Setting) -> float:
    return number(name, value, 0, 1)


def _check_seconds(name: str, value: Any, _row: Setting) -> float:
    return seconds(name, value, above_zero=True)


def _check_choice(name: str, value: Any, row: Setting) -> str:
    return choice(name, value, row.choices)


def _check_switch(name: str, value: Any, _row: Setting) -> bool:
    return boolean(name, value)


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


def _parse_switch(name: str, text: str) -> bool:
    if text.lower() in TRUE + FALSE:
        return text.lower() in TRUE
    raise ValueError(must_be(name, "true or false", text))


def _parse_choice(_name: str, text: str) -> str:
    return text


def _parse_list(_name: str, text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split(","))))


def _check_keys(name: str, value: Any, _row: Setting) -> tuple[str, ...]:
    from mock_electron.engine.keys import check_keys

    return check_keys(name, value)


def _check_hosts(name: str, value: Any, _row: Setting) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else value
    wrong = (
        [one for one in names if not _is_host(one)] if isinstance(names, list | tuple) else [value]
    )
    if not wrong:
        return tuple(names)
    what = "host names such as 'mock.test', without a scheme, a port, a path or a wildcard"
    raise ValueError(must_be(name, what, wrong[0]))


def _check_origins(name: str, value: Any, _row: Setting) -> tuple[str, ...]:
    origins = (value,) if isinstance(value, str) else value
    is_list = isinstance(origins, list | tuple)
    wrong = [one for one in origins if not _is_origin(one)] if is_list else [value]
    if not wrong:
        return tuple(origins)
    what = "origins such as 'http://localhost:3000', without a path, or '*'"
    raise ValueError(must_be(name, what, wrong[0]))


def _is_origin(value: object) -> bool:
    """Return whether this is an origin as browsers send it, or `*`."""
    return isinstance(value, str) and (value == "*" or ORIGIN.fullmatch(value) is not None)


def _is_host(value: object) -> bool:
    """Return whether this is a host name or an IP address, which may be in brackets."""
    if not isinstance(value, str) or HOST.fullmatch(value):
        return isinstance(value, str)
    try:
        return ip_address(BRACKETED.sub(r"\1", value)).version == 6
    except ValueError:
        return False


def _check_key_groups(name: str, value: Any, _row: Setting) -> tuple[tuple[str, ...], ...]:
    if not value:
        return ()
    from mock_electron.engine.keys import check_groups

    listed = (value,) if isinstance(value, str) else value
    if isinstance(listed, list | tuple) and any(isinstance(g, str) and "," in g for g in listed):
        raise ValueError(f"{name} must not have a comma in a group; write a list of groups")
    try:
        groups = tuple(tuple(g.split(":") if isinstance(g, str) else g) for g in listed)
    except TypeError:
        groups = ()
    return check_groups(name, groups, value)


def _check_tools(name: str, value: Any, _row: Setting) -> tuple[str, ...]:
    if value == ():
        return ()
    from mock_electron.engine.tool_names import tool_name

    try:
        return tuple(map(tool_name, [value] if isinstance(value, str) else value))
    except ValueError as error:
        raise ValueError(str(error).replace("the name of a tool", name, 1)) from None
    except (TypeError, KeyError) as error:
        what = "a list of names, or of tools as a request lists them"
        raise ValueError(must_be(name, what, value)) from error


def _check_plan(_name: str, value: Any, _row: Setting) -> Any:
    return value if isinstance(value, str) and value in PLANS else plan_of(value)


def _parse_plan(_name: str, text: str) -> Any:
    return text if text in PLANS else parse_plan(text)


def _check_pace(_name: str, value: Any, _row: Setting) -> Any:
    return value if isinstance(value, str) and value in PACES else pace_of(value)


def _parse_pace(_name: str, text: str) -> Any:
    return text if text in PACES else parse_pace(text)


KINDS: Final[Mapping[KindName, SettingKind]] = {
    "integer": SettingKind(_check_integer, _parse_integer, "INTEGER"),
    "fraction": SettingKind(_check_fraction, _parse_number, "FRACTION"),
    "seconds": SettingKind(_check_seconds, _parse_number, "SECONDS"),
    "choice": SettingKind(_check_choice, _parse_choice),
    "switch": SettingKind(_check_switch, _parse_switch, "BOOLEAN"),
    "keys": SettingKind(_check_keys, _parse_list, "KEY"),
    "hosts": SettingKind(_check_hosts, _parse_list, "NAME"),
    "origins": SettingKind(_check_origins, _parse_list, "ORIGIN"),
    "key_groups": SettingKind(_check_key_groups, _parse_list, "KEYS"),
    "tools": SettingKind(_check_tools, _parse_list, "TOOL"),
    "plan": SettingKind(_check_plan, _parse_plan, "PLAN"),
    "pace": SettingKind(_check_pace, _parse_pace, "PACE"),
}
"""The kinds by name."""
