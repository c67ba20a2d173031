"""Comments that suppress a finding of a type checker or linter: each one has a reason.

mypy (`warn_unused_ignores`) and ruff (RUF100) report those that suppress nothing.
"""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
FOLDERS: Final = ("mock_electron", "tests", "benchmarks", ".ci")
SUPPRESSION: Final = re.compile(
    r"#\s*(?:type: ignore|pyright: ignore|(?:ruff: )?noqa)(?:\[[\w\-, ]+\]|: [A-Z]+\d+(?:, [A-Z]+\d+)*)?"
)
WRONG_USES: Final = "tests/typing/wrong_uses.py"
"""Its docstring is the reason for all of its lines."""


def _lacks_reason(line: str, above: str) -> bool:
    """Return whether a line suppresses a finding, and no comment in it or above it says why."""
    found = SUPPRESSION.search(line)
    if found is None or above.startswith("#"):
        return False
    return re.search(r"\w", SUPPRESSION.sub("", line[found.start() :])) is None


def test_every_suppression_has_a_reason() -> None:
    """The reason is in the same line or in a comment above it."""
    offenders = []
    for path in (
        *(p for name in FOLDERS for p in (ROOT / name).rglob("*.py")),
        ROOT / "conftest.py",
    ):
        name = path.relative_to(ROOT).as_posix()
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines if name != WRONG_USES else (), 1):
            if _lacks_reason(line, lines[number - 2].strip()):
                offenders.append(f"{name}:{number}: {line.strip()}")
    assert offenders == []
