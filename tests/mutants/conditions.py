"""Conditions: which requests a mutant affects."""

from collections.abc import Mapping
from contextlib import suppress
from functools import cache

from mock_electron.contract.clause import Clause
from mock_electron.contract.probe import UnmetError
from mock_electron.contract.response import Response
from mock_electron.contract.sections import CLAUSES
from mock_electron.contract.session import Session
from mock_electron.contract.target import Need, Target
from mutants.mutant import Compared, Condition, Request

TARGET = Target(
    base_url="http://127.0.0.1:1/waves/v1",
    api_key="sk_mock",
    limited_key="sk_mock_standard",
    forbidden_key="sk_mock_forbidden",
    other_key="sk_mock_other",
    faults=True,
)
CLAUSES_BY_ID: Mapping[str, Clause] = {clause.id: clause for clause in CLAUSES}


class Rehearsal(Session):
    """A session that records requests instead of sending them."""

    def __init__(self) -> None:
        super().__init__(TARGET)
        self.recorded: list[Request] = []

    def send(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        *,
        key: str | Need | None = None,
        headers: Mapping[str, str] | None = None,
        retry: bool = True,
    ) -> Response:
        given = {
            "Authorization": f"Bearer {self.target.key(key)}",
            "Content-Type": "application/json",
            **(headers or {}),
        }
        named = tuple((name.lower().encode(), text.encode()) for name, text in given.items())
        self.recorded.append(Request(method, f"/waves/v1{path}", named, content))
        return Response(method, path, "")


@cache
def requests_for(clause: str) -> tuple[Request, ...]:
    """Return the requests of a clause's probe."""
    with Rehearsal() as rehearsal, suppress(UnmetError):
        CLAUSES_BY_ID[clause].probe.run(rehearsal, 0)
    return tuple(rehearsal.recorded)


def like(clause: str, which: int | None = None) -> Condition:
    """Match the requests of a clause's probe, or only one of them, counted from 0."""

    def matches(request: Request) -> bool:
        return request.compared in _wanted(clause, which)

    return matches


@cache
def _wanted(clause: str, which: int | None) -> frozenset[Compared]:
    all_requests = requests_for(clause)
    wanted = all_requests if which is None else all_requests[which : which + 1]
    return frozenset(request.compared for request in wanted)


def all_true(*conditions: Condition) -> Condition:
    """Match requests that match all conditions."""
    return lambda request: all(condition(request) for condition in conditions)


def has_key(key: str) -> Condition:
    """Match requests with an API key."""
    return lambda request: request.header("authorization") == f"Bearer {key}"


def has_no_faults(request: Request) -> bool:
    """Match requests without `X-Mock-Electron`, whose answers are complete and sent at once."""
    return not request.header("x-mock-electron")


def is_streamed(request: Request) -> bool:
    """Match requests for a stream."""
    return request.body.get("stream") is True


def system_starts_with(words: str) -> Condition:
    """Match requests with a system message that starts with these words."""

    def matches(request: Request) -> bool:
        messages = request.body.get("messages") or []
        prompts = (m["content"] for m in messages if m.get("role") == "system")
        return any(str(prompt).startswith(words) for prompt in prompts)

    return matches
