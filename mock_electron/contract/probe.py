"""Probes: the requests that show whether clauses hold.

A run makes the requests of a probe once, for all the clauses that share it.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.contract.response import Response
from mock_electron.contract.target import Need

if TYPE_CHECKING:
    from mock_electron.contract.session import Session

Responses = tuple[Response, ...]


class UnmetError(Exception):
    """Raised by a probe whose responses show that the target lacks a need.

    Args:
        need: What it lacks, as a `Need` or in words. Words contain nothing that is measured, so
            that reports stay comparable.
    """

    def __init__(self, need: Need | str) -> None:
        self.need: Final = need.value if isinstance(need, Need) else need
        super().__init__(self.need)


def always(*_responses: Response) -> bool:
    """Accept any responses."""
    return True


class Probe(Struct, frozen=True):
    """Requests that are made together.

    Attributes:
        name: Unique name.
        run: Makes the requests; takes the session and the number of the attempt, from 0.
        requests: Requests of one attempt.
        tokens: Approximate tokens that one attempt costs.
        needs: What the target must provide; otherwise the probe is skipped.
        attempts: Maximum number of attempts. A real model may call a tool only in a later one.
        until: Takes the responses; no further attempt is made once it returns true.
        has_new_prompts: Whether its prompts differ in every run, because they contain the salt.
    """

    name: str
    run: Callable[["Session", int], Responses]
    requests: int = 1
    tokens: int = 0
    needs: tuple[Need, ...] = ()
    attempts: int = 1
    until: Callable[..., bool] = always
    has_new_prompts: bool = False


CHARACTERS_PER_TOKEN: Final = 4
SHORT_REPLY: Final = 40
"""Approximate tokens of a reply without `max_tokens`: the prompts ask for short replies."""
Body = dict[str, Any]


def body(text: str = "Say hello in one short sentence.", **fields: Any) -> Body:
    """Return the body of a request with one user message.

    The default temperature is 0, at which equal requests get equal replies (D).

    Args:
        text: Content of the message.
        fields: Further fields, or other values for `model`, `messages` and `temperature`. None
            leaves a field out.
    """
    given = {"model": "electron", "messages": [user(text)], "temperature": 0, **fields}
    return {name: value for name, value in given.items() if value is not None}


def user(text: str) -> Body:
    """Return a user message."""
    return {"role": "user", "content": text}


def system(text: str) -> Body:
    """Return a system message."""
    return {"role": "system", "content": text}


def asks(
    name: str,
    body: Any,
    *,
    key: str | Need | None = None,
    faults: str = "",
    needs: tuple[Need, ...] = (),
    attempts: int = 1,
    until: Callable[..., bool] = always,
) -> Probe:
    """Return a probe of one chat request that the endpoint answers.

    Args:
        name: Name of the probe.
        body: Body of the request.
        key: As in `Session.ask`.
        faults: As in `Session.ask`.
        needs: As in `Probe`.
        attempts: As in `Probe`.
        until: As in `Probe`.
    """
    return Probe(
        name,
        lambda session, _attempt: (session.ask(body, key=key, faults=faults),),
        tokens=token_estimate(body),
        needs=needs,
        attempts=attempts,
        until=until,
    )


def refused(name: str, body: Any, **options: Any) -> Probe:
    """Return a probe of one chat request that the endpoint refuses, so that it costs no tokens.

    Args:
        name: Name of the probe.
        body: Body of the request.
        options: As in `asks`.
    """
    return replace(asks(name, body, **options), tokens=0)


def sends(name: str, method: str, path: str, content: bytes = b"", **options: Any) -> Probe:
    """Return a probe of any one request that the endpoint refuses.

    Args:
        name: Name of the probe.
        method: HTTP method.
        path: Path below the base URL.
        content: Body of the request.
        options: As in `Session.send`.
    """
    return Probe(name, lambda session, _attempt: (session.send(method, path, content, **options),))


def token_estimate(body: Any) -> int:
    """Return the approximate number of tokens of a request and its reply."""
    limit = body.get("max_tokens", SHORT_REPLY) if isinstance(body, dict) else 0
    reply = limit if isinstance(limit, int) else SHORT_REPLY
    return len(json.dumps(body)) // CHARACTERS_PER_TOKEN + reply
