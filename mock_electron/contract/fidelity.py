"""Writes the page `docs/fidelity.md` from the clauses.

python -m mock_electron.contract.fidelity > docs/fidelity.md
"""

import sys
from collections.abc import Iterator
from typing import Final

from mock_electron.contract.clause import Clause, Confidence
from mock_electron.contract.sections import CLAUSES
from mock_electron.contract.unchecked import DIFFERENCES, UNCHECKED

COMMAND: Final = "python -m mock_electron.contract.fidelity > docs/fidelity.md"
HEAD: Final = """\
# Fidelity

The authors of mock-electron have no key for the real endpoint. What is known about Electron is
**documented** by the vendor, **inferred** from evidence, or **assumed**. The evidence: vLLM is the
model server, the gateway validates with Zod v3 and runs on Express, and client libraries behave in
known ways. In the code, (D), (I) and (A) mark the same three levels.

Each line below that starts with an id is a clause. [`mock-electron contract`](contract.md) checks it
against the fake or against the real endpoint. In parentheses is its source: a page of the vendor's
documentation, by its title, or the kind of evidence, or that it is a choice without evidence. The fake
passes all clauses.
"""
INTRODUCTIONS: Final = {
    Confidence.DOCUMENTED: "The vendor's documentation says so.",
    Confidence.INFERRED: "Evidence makes it likely, but the vendor does not promise it.",
    Confidence.ASSUMED: "These are choices: there is no evidence, or the source leaves room for "
    "another reading.",
}


def page() -> str:
    """Return the page as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield f"<!-- Made by: {COMMAND} -->"
    yield HEAD
    yield from _counts()
    for confidence in Confidence:
        yield ""
        yield f"## {confidence.capitalize()}"
        yield ""
        yield INTRODUCTIONS[confidence]
        yield from _clauses(confidence)
        yield from _unchecked(confidence)
    yield ""
    yield "## Deliberate differences"
    yield ""
    yield from (f"- {sentence}" for sentence in DIFFERENCES)


def _sections() -> list[str]:
    return list(dict.fromkeys(clause.section for clause in CLAUSES))


def _counts() -> Iterator[str]:
    """Yield a table of the number of clauses by section and confidence."""
    yield f"| section | {' | '.join(Confidence)} |"
    yield "|---|---:|---:|---:|"
    for section in _sections():
        yield _row(section, [clause for clause in CLAUSES if clause.section == section])
    yield _row("all", list(CLAUSES))


def _row(name: str, clauses: list[Clause]) -> str:
    counts = (sum(1 for clause in clauses if clause.confidence is level) for level in Confidence)
    return f"| {name} | {' | '.join(map(str, counts))} |"


def _clauses(confidence: Confidence) -> Iterator[str]:
    for section in _sections():
        members = [c for c in CLAUSES if c.section == section and c.confidence is confidence]
        if members:
            yield ""
            yield f"### {section}: {confidence}"
            yield ""
        for clause in members:
            yield f"- `{clause.id}`: {clause.sentence} ({clause.source})"


def _unchecked(confidence: Confidence) -> Iterator[str]:
    """Yield what no clause checks, and why."""
    yield ""
    yield f"### Not checked: {confidence}"
    yield ""
    for statement in UNCHECKED:
        if statement.confidence is confidence:
            yield f"- {statement.sentence} ({statement.reason})"


if __name__ == "__main__":
    sys.stdout.write(page())
