"""The table of settings in docs/settings.md, made from the table in the code.

Run this module to write the page again: `python tests/settings_page.py`.
"""

from pathlib import Path
from typing import Any, Final

from mock_electron.cli.serve import serve
from mock_electron.cli.settings import SERVER_DEFAULTS
from mock_electron.engine.setting_kinds import syntax
from mock_electron.engine.setting_table import SETTINGS, Setting

PAGE: Final = Path(__file__).parent.parent / "docs" / "settings.md"
BEGIN: Final = "<!-- settings: begin -->"
END: Final = "<!-- settings: end -->"
COLUMNS: Final = ("setting", "values", "default", "option of `serve`", "meaning")
VALUES: Final = {
    "INTEGER": "integer",
    "FRACTION": "number from 0 to 1",
    "SECONDS": "seconds",
    "BOOLEAN": "`True`, `False`",
    "KEY": "list of strings",
    "NAME": "list of names",
    "ORIGIN": "list of origins",
    "KEYS": "groups of strings",
    "TOOL": "list of tools",
    "PLAN": "name, text or `Plan`",
    "PACE": "name, text or `Pace`",
}
"""What the page says for the syntax of each kind. Choices are listed instead."""


def table() -> str:
    """Return the table as Markdown, with one row for each setting."""
    rows = [_row(name) for name in SETTINGS]
    lines = [COLUMNS, ("---",) * len(COLUMNS), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def current(page: str) -> str:
    """Return the page with an up-to-date table between its markers."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _row(name: str) -> tuple[str, ...]:
    setting = SETTINGS[name]
    return f"`{name}`", _values(setting), _default(name), _option(name), setting.help


def _values(setting: Setting) -> str:
    if setting.choices:
        return ", ".join(f'`"{choice}"`' for choice in setting.choices)
    return VALUES[syntax(setting)]


def _default(name: str) -> str:
    default = _python(SETTINGS[name].default)
    if name in SERVER_DEFAULTS:
        return f"{default}; `serve`: {_python(SERVER_DEFAULTS[name])}"
    return default


def _python(value: Any) -> str:
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    text = f"{value:_}" if is_integer else repr(value).replace("'", '"')
    return f"`{text}`"


def _option(name: str) -> str:
    [option] = [parameter for parameter in serve.params if parameter.name == name]
    return ", ".join(f"`{flag}`" for flag in (*option.opts, *option.secondary_opts))


if __name__ == "__main__":
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
