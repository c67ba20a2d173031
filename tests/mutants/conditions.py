"""Which requests a mutant is about."""

from collections.abc import Mapping
from contextlib import suppress
from functools import cache

from mock_electron.contract.clause import Clause
from mock_electron.contract.probe import UnmetError
from mock_electron.contract.response import Response
from mock_electron.contract.sections import CLAUSES
from mock_electron.contract.session import Session
from mock_electron.contract.target import Need, Target
from mutants.mutant import Asked, Condition

TARGET = Target(
    base_url="http://127.0.0.1:1/waves/v1",
    api_key="sk_mock",
    limited_key="sk_mock_standard",
    forbidden_key="sk_mock_forbidden",
    other_key="sk_mock_other",
    faults=True,
)
CLAUSES_BY_ID: Mapping[str, Clause] = {clause.id: clause for clause in CLAUSES}
TOLD = ("authorization", "content-type", "x-mock-electron")


class Rehearsal(Session):
    """A session that sends nothing, and notes what it would have sent."""

    def __init__(self) -> None:
        super().__init__(TARGET)
        self.noted: list[Asked] = []

    def send(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        *,
        key: str | Need | None = None,
        headers: Mapping[str, str] | None = None,
        patient: bool = True,
    ) -> Response:
        given = {
            "Authorization": f"Bearer {self.target.key(key)}",
            "Content-Type": "application/json",
            **(headers or {}),
        }
        named = tuple((name.lower().encode(), text.encode()) for name, text in given.items())
        self.noted.append(Asked(method, f"/waves/v1{path}", named, content))
        return Response(method, path, "")


@cache
def requests_for(clause: str) -> tuple[Asked, ...]:
    """What the probe of a clause asks."""
    with Rehearsal() as rehearsal, suppress(UnmetError):
        CLAUSES_BY_ID[clause].probe.run(rehearsal, 0)
    return tuple(rehearsal.noted)


def like(clause: str, which: int | None = None) -> Condition:
    """Requests such as those that show a clause. which: only this one of them, from 0."""

    def holds(asked: Asked) -> bool:
        shown = requests_for(clause)
        kept = shown if which is None else shown[which : which + 1]
        return any(_is_same(asked, one) for one in kept)

    return holds


def _is_same(asked: Asked, other: Asked) -> bool:
    return (
        (asked.method, asked.path, asked.content) == (other.method, other.path, other.content)
    ) and all(asked.header(name) == other.header(name) for name in TOLD)


def both(*conditions: Condition) -> Condition:
    return lambda asked: all(condition(asked) for condition in conditions)


def of_key(key: str) -> Condition:
    return lambda asked: asked.header("authorization") == f"Bearer {key}"


def unhurried(asked: Asked) -> bool:
    """Nothing in the request makes the mock send its answer in pieces, or break it off."""
    return not asked.header("x-mock-electron")


def streamed(asked: Asked) -> bool:
    return asked.body.get("stream") is True


def system_begins(words: str) -> Condition:
    """There is a system prompt that begins with these words."""

    def holds(asked: Asked) -> bool:
        messages = asked.body.get("messages") or []
        prompts = (m["content"] for m in messages if m.get("role") == "system")
        return any(str(prompt).startswith(words) for prompt in prompts)

    return holds
