"""The settings as options of pytest: flags, ini options and the marker.

pytest imports this module at every start, so it imports only the table of settings.
"""

from collections.abc import Callable, Iterable
from typing import Final

from mock_electron.engine.setting_table import ELSEWHERE, SETTINGS

MARKER: Final = (
    "electron(**settings): settings of the test's lane, such as seed=7, plan='standard', "
    "strict=True or script='fixtures/weather.yaml'; with travel=True, sleeps advance its clock; "
    "trace='on' writes a trace"
)
AUDIT_MARKER: Final = "electron_audit"
AUDIT_MARKER_LINE: Final = (
    f"{AUDIT_MARKER}(ignore={{'seed': 'why'}}, levels={{'retry': 'warn'}}, "
    "thresholds=Thresholds(…)): fails the test if its client does not use Electron well, with the "
    "reasons why findings are accepted; with a text as ignore, the test is not judged"
)
INI: Final = "electron_"
DIST: Final = "electron_dist"
"""The key of `workerinput` under which a worker of pytest-xdist finds the value of `--dist`."""
SCRIPT: Final = "script"
PORT: Final = "port"
TRACE: Final = "trace"
TRACES: Final = ("off", "retain-on-failure", "on")
"""For which tests a trace is written: none, those that fail, or all."""
AUDIT: Final = "audit"
AUDIT_RULES: Final = "audit_rules"
AUDIT_THRESHOLDS: Final = "audit_thresholds"
OFF: Final = "off"
ON: Final = "on"
STRICT: Final = "strict"
AUDITS: Final = (OFF, ON, STRICT)
"""Which tests are judged: only those with a marker, all, or all, and they fail."""
OPTIONS: Final = {
    **{name: setting.help for name, setting in SETTINGS.items()},
    SCRIPT: "Script files, YAML or JSON, whose steps answer first. Separate files with commas.",
}
"""The help of each option of a lane: `--electron-<name>` with hyphens, `electron_<name>` in an ini
file."""
ALL_OPTIONS: Final = OPTIONS | {
    PORT: "The port of the server, for applications that are started once. Default: a free one. "
    "With pytest-xdist, worker gw1 adds 1, gw2 adds 2, and so on.",
    TRACE: "Write the inspector with the exchanges of each test as a file in the folder "
    "electron-trace: off (default), retain-on-failure, or on.",
    AUDIT: "Judge whether the clients of all tests use Electron well: off (default), on (a section "
    "at the end has the tests that break each rule), or strict (they fail).",
    AUDIT_RULES: "What the findings of rules of the audit do: off, warn or error, such as "
    "seed=off. Separate rules with commas.",
    AUDIT_THRESHOLDS: "The figures by which the audit judges, such as seeded_temperature=0.1. "
    "Separate figures with commas.",
}
"""The help of all options: those of a lane, and those of the run."""
SWITCHES: Final = tuple(name for name, row in SETTINGS.items() if row.is_switch)
LISTS: Final = (
    *(SCRIPT, AUDIT_RULES, AUDIT_THRESHOLDS),
    *(name for name, row in SETTINGS.items() if row.is_list),
)
"""Settings with several values, separated by commas, or by line breaks in an ini file."""


def flag_of(name: str) -> str:
    """Return the command-line flag of a setting."""
    return "--electron-" + name.replace("_", "-")


def off_flag_of(name: str) -> str:
    """Return the command-line flag that turns a setting off."""
    return "--no-electron-" + name.replace("_", "-")


def ini_of(name: str) -> str:
    """Return the name of a setting in an ini file."""
    return INI + name


def as_flag(name: str, text: str) -> str:
    """Return the flag that sets a setting to a value given as text: `--electron-seed=7`."""
    if name in SWITCHES:
        return flag_of(name) if text == "true" else off_flag_of(name)
    return f"{flag_of(name)}={text}"


def check_flag(given: str) -> None:
    """Raise ValueError if a flag has the prefix of this plugin but does not exist."""
    flag = given.partition("=")[0]
    for as_option, names in ((flag_of, tuple(ALL_OPTIONS)), (off_flag_of, SWITCHES)):
        if flag.startswith(as_option("")):
            _check_known("option", flag, as_option, names)


def check_ini_options(names: Iterable[str]) -> None:
    """Raise ValueError if an ini option has the prefix of this plugin but does not exist."""
    for name in names:
        if name.startswith(INI):
            _check_known("ini option", name, ini_of, ALL_OPTIONS)


def _check_known(
    what: str, given: str, written: Callable[[str], str], names: Iterable[str]
) -> None:
    known = list(map(written, names))
    if given in known:
        return
    for name, form in ELSEWHERE.items():
        if given == written(name):
            raise ValueError(f"unknown {what} {given!r}; write {form}")
    from mock_electron.inputs.spelling import unknown

    raise ValueError(unknown(what, given, known))
