"""What is asked: the requests that show a clause, made once in a run, however many clauses look."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from mock_electron.contract.response import Response
from mock_electron.contract.target import Need

if TYPE_CHECKING:
    from mock_electron.contract.session import Session

Responses = tuple[Response, ...]


class UnmetError(Exception):
    """Raised by a probe that finds out only when it asks that the target lacks what it needs."""

    def __init__(self, need: Need) -> None:
        super().__init__(need.value)
        self.need = need


def always(*_responses: Response) -> bool:
    """What a probe is content with where the model's wit does not matter."""
    return True


@dataclass(frozen=True, slots=True)
class Probe:
    """Requests that are made together.

    name: unique. run: makes them; it gets the session and which attempt this is, from 0.
    requests, tokens: how many an attempt makes, and about how many tokens they cost.
    needs: without which it is skipped. attempts: how often it is tried until `content` is true of
    the responses: a real model may need a second chance to call a tool.
    """

    name: str
    run: Callable[["Session", int], Responses]
    requests: int = 1
    tokens: int = 0
    needs: tuple[Need, ...] = ()
    attempts: int = 1
    content: Callable[..., bool] = field(default=always)


CHARACTERS_A_TOKEN: Final = 4
SHORT_REPLY: Final = 40
"""About how many tokens a reply has that nothing limits: the questions ask for short ones."""
Body = dict[str, Any]


def body(text: str = "Say hello in one short sentence.", **fields: Any) -> Body:
    """The body of a request with one message; `messages` takes its place, None leaves a field out.

    At temperature 0, where nothing else is given, so that a run says the same twice (D).
    """
    given = {"model": "electron", "messages": [user(text)], "temperature": 0, **fields}
    return {name: value for name, value in given.items() if value is not None}


def user(text: str) -> Body:
    return {"role": "user", "content": text}


def system(text: str) -> Body:
    return {"role": "system", "content": text}


def asks(
    name: str,
    asked: Any,
    *,
    key: str | Need | None = None,
    faults: str = "",
    needs: tuple[Need, ...] = (),
    attempts: int = 1,
    content: Callable[..., bool] = always,
) -> Probe:
    """A probe of one request with this body, which is answered. key, faults: as in Session.ask."""
    return Probe(
        name,
        lambda session, _attempt: (session.ask(asked, key=key, faults=faults),),
        tokens=cost(asked),
        needs=needs,
        attempts=attempts,
        content=content,
    )


def refused(name: str, asked: Any, **how: Any) -> Probe:
    """A probe of one request with this body, which is refused and so costs no tokens."""
    return replace(asks(name, asked, **how), tokens=0)


def sends(name: str, method: str, path: str, content: bytes = b"", **how: Any) -> Probe:
    """A probe of any one request, which is refused. how: as in Session.send."""
    return Probe(name, lambda session, _attempt: (session.send(method, path, content, **how),))


def cost(asked: Any) -> int:
    """About how many tokens a request uses, its reply included."""
    limit = asked.get("max_tokens", SHORT_REPLY) if isinstance(asked, dict) else 0
    reply = limit if isinstance(limit, int) else SHORT_REPLY
    return len(json.dumps(asked)) // CHARACTERS_A_TOKEN + reply
