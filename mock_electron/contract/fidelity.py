"""The page `docs/fidelity.md`, made from the clauses.

python -m mock_electron.contract.fidelity > docs/fidelity.md
"""

import sys
from collections.abc import Iterator
from typing import Final

from mock_electron.contract.clause import Clause, Confidence
from mock_electron.contract.sections import CLAUSES
from mock_electron.contract.unchecked import BEYOND, DIFFERENT

COMMAND: Final = "python -m mock_electron.contract.fidelity > docs/fidelity.md"
HEAD: Final = """\
# How true the fake is

Nobody who works on mock-electron has a key for the real endpoint. What is known of it is
**documented** by the vendor, **inferred** from evidence (vLLM is the model server, the gateway
validates with Zod v3 and runs on Express, client libraries behave in known ways), or **assumed**. In
the code the same three words stand as D, I and A beside each behaviour.

Each line below with a name in front is a clause: `mock-electron contract` checks it against the fake,
or against the real endpoint ([how](contract.md)). Behind it, in parentheses, stands the page of the
vendor's documentation, by its title. The fake passes all of them.
"""
INTRODUCTIONS: Final = {
    Confidence.DOCUMENTED: "What the vendor's documentation says.",
    Confidence.INFERRED: "What follows from evidence; it is likely, and nobody has promised it.",
    Confidence.ASSUMED: "What nobody outside knows: a choice.",
}


def page() -> str:
    """The whole page, as Markdown."""
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
        yield from _beyond(confidence)
    yield ""
    yield "## Different on purpose"
    yield ""
    yield from (f"- {sentence}" for sentence in DIFFERENT)


def _sections() -> list[str]:
    return list(dict.fromkeys(clause.section for clause in CLAUSES))


def _counts() -> Iterator[str]:
    """How many clauses there are, by section and confidence."""
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
        within = [c for c in CLAUSES if c.section == section and c.confidence is confidence]
        if within:
            yield ""
            yield f"### {section}: {confidence}"
            yield ""
        for clause in within:
            yield f"- `{clause.id}`: {clause.sentence} ({clause.source})"


def _beyond(confidence: Confidence) -> Iterator[str]:
    """What no clause checks, and why."""
    yield ""
    yield f"### Not checked: {confidence}"
    yield ""
    for statement in BEYOND:
        if statement.confidence is confidence:
            yield f"- {statement.sentence} ({statement.why})"


if __name__ == "__main__":
    sys.stdout.write(page())
