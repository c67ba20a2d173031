"""What a mutant is: a server that keeps all promises but these."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Asked:
    """A request, as a mutant sees it. headers: names in small letters."""

    method: str
    path: str
    headers: Headers
    content: bytes

    def header(self, name: str) -> str:
        """A header's text; "" where there is none."""
        return dict(self.headers).get(name.encode(), b"").decode("latin-1")

    def with_header(self, name: str, text: str) -> "Asked":
        kept = tuple(header for header in self.headers if header[0] != name.encode())
        return replace(self, headers=(*kept, (name.encode(), text.encode())))

    @cached_property
    def body(self) -> dict[str, Any]:
        """The JSON object that was sent; empty where there is none."""
        try:
            found = json.loads(self.content)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def with_body(self, body: Any) -> "Asked":
        return replace(self, content=json.dumps(body).encode())


@dataclass(frozen=True, slots=True)
class Answer:
    """What the mock would answer, and a mutant changes.

    before: the statuses that the mock had for the requests of this run that the mutant is about.
    pause: seconds before it is sent. between: seconds between two events of a stream.
    """

    status: int
    headers: Headers
    body: bytes
    before: tuple[int, ...] = ()
    pause: float = 0.0
    between: float = 0.0

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def with_json(self, value: Any) -> "Answer":
        return replace(self, body=compact(value).encode())

    @property
    def events(self) -> list[Any]:
        """The events of a stream: chunks as JSON, and `[DONE]`."""
        frames = self.body.decode().split("\n\n")[:-1]
        data = [frame.removeprefix("data: ") for frame in frames]
        return [item if item == "[DONE]" else json.loads(item) for item in data]

    def with_events(self, events: Sequence[Any]) -> "Answer":
        data = [event if isinstance(event, str) else compact(event) for event in events]
        return replace(self, body="".join(f"data: {item}\n\n" for item in data).encode())


Condition = Callable[[Asked], bool]
AskedChange = Callable[[Asked], Asked]
Change = Callable[[Answer], Answer]


def same(answer: Answer) -> Answer:
    return answer


def same_asked(asked: Asked) -> Asked:
    return asked


@dataclass(frozen=True, slots=True)
class Mutant:
    """A server that breaks these promises and no others.

    name: unique. breaks: the ids of the clauses that must fail. when: the requests that it is
    about. answer: what it makes of the mock's answer. asked: and of the request, before that.
    at_once: whether the head is changed as soon as it is there, and the body left alone.
    """

    name: str
    breaks: tuple[str, ...]
    when: Condition
    answer: Change = same
    asked: AskedChange = same_asked
    at_once: bool = False


def compact(value: Any) -> str:
    """JSON as the mock writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
