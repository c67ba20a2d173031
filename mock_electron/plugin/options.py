"""The settings as options of pytest: flags, ini options, marker. Nothing is imported for them."""

from collections.abc import Iterable
from typing import Final

MARKER: Final = (
    "electron(**settings): the settings of this test's lane, such as seed=7, plan='standard', "
    "strict=True or script='fixtures/weather.yaml'"
)
INI: Final = "electron_"
DIST: Final = "electron_dist"
"""Where a worker of xdist finds how the tests are spread; it is not told by itself."""
SWITCHES: Final = ("strict", "fault_header", "accept_json_schema")
LISTS: Final = ("script", "api_keys", "tools")
"""Settings of several values, with commas; in an ini file on lines of their own too."""
OPTIONS: Final = {
    "seed": "chooses among all replies: the same seed gives the same bytes",
    "script": "script files, YAML or JSON, that answer first; several with commas",
    "strict": "refuse requests that no step of the script answers, and fail their tests",
    "plan": "limits of each key: standard, enterprise, unlimited, or 10:3",
    "pace": "how fast replies come: electron, instant, or milliseconds such as 174:5",
    "clock": "frozen, or real, where a pace is felt",
    "sampling": "steady or varied: a request without a seed, when it comes again",
    "drift": "the share of requests with a seed that are answered otherwise",
    "api_keys": "the keys that are let in, with commas",
    "tools": "the tools on offer, with commas: a strict script that names another is an error",
    "prefix_cache_tokens": "how many tokens the prefix cache holds",
    "prefix_cache_idle": "seconds after which it forgets",
    "fault_header": "let requests ask for faults with X-Mock-Electron",
    "accept_json_schema": "accept response_format json_schema",
    "named_tool_finish": "tool_calls or stop, where the request names the tool",
    "not_found": "json or html: how an unknown path is answered",
    "body_limit": "the largest body, in bytes",
    "upload_timeout": "seconds without a byte of a body",
    "journal_exchanges": "how many exchanges the journal keeps",
    "journal_bytes": "how many bytes it keeps",
}
"""The settings as options: `--electron-<name>` with hyphens; `electron_<name>` in an ini file."""


def flag_of(name: str) -> str:
    """The command-line flag of a setting."""
    return "--electron-" + name.replace("_", "-")


def off_flag_of(name: str) -> str:
    """The command-line flag that switches a setting off."""
    return "--no-electron-" + name.replace("_", "-")


def as_flag(name: str, text: str) -> str:
    """The flag that gives a setting this text: `--electron-seed=7`, `--no-electron-strict`."""
    if name in SWITCHES:
        return flag_of(name) if text == "true" else off_flag_of(name)
    return f"{flag_of(name)}={text}"


def check_flag(given: str) -> None:
    """Raise ValueError for a flag of ours that does not exist, with the nearest that does."""
    flag = given.partition("=")[0]
    for of, names in ((flag_of, tuple(OPTIONS)), (off_flag_of, SWITCHES)):
        known = [of(name) for name in names]
        if flag.startswith(of("")) and flag not in known:
            raise ValueError(f"there is no option {flag}.{nearest(flag, known, of(''))}")


def nearest(given: str, known: Iterable[str], prefix: str) -> str:
    """The nearest option that exists, or all of them, for a message.

    prefix: what all of them begin with, and which says nothing.
    """
    from difflib import get_close_matches

    names = {name.removeprefix(prefix): name for name in known}
    near = get_close_matches(given.removeprefix(prefix), names, n=1)
    return (
        f" Did you mean {names[near[0]]}?" if near else f" There are: {', '.join(names.values())}."
    )
