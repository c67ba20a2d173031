"""What a mutant is: a server that keeps all promises of the contract except some."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

Headers = tuple[tuple[bytes, bytes], ...]
Compared = tuple[str | bytes, ...]


@dataclass(frozen=True)
class Request:
    """A request that arrives at a mutant.

    Attributes:
        method: HTTP method.
        path: Path, from the root of the server.
        headers: Names in lowercase, and values.
        content: Body.
    """

    method: str
    path: str
    headers: Headers
    content: bytes

    @cached_property
    def compared(self) -> Compared:
        """What makes two requests the same: their method, path and body, and some headers."""
        headers = map(self.header, ("authorization", "content-type", "x-mock-electron"))
        return (self.method, self.path, self.content, *headers)

    def header(self, name: str) -> str:
        """Return a header, or ""."""
        return dict(self.headers).get(name.encode(), b"").decode("latin-1")

    def with_header(self, name: str, text: str) -> "Request":
        """Return the request with another header."""
        kept = tuple(header for header in self.headers if header[0] != name.encode())
        return replace(self, headers=(*kept, (name.encode(), text.encode())))

    @cached_property
    def body(self) -> dict[str, Any]:
        """The JSON object in the body, or an empty one."""
        try:
            found = json.loads(self.content)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def with_body(self, body: Any) -> "Request":
        """Return the request with another JSON body."""
        return replace(self, content=json.dumps(body).encode())


@dataclass(frozen=True, slots=True)
class Answer:
    """The mock's answer, which a mutant changes.

    Its times are virtual: the answer is sent at once, and the session of the bench reports the times.

    Attributes:
        status: Status code.
        headers: Names in lowercase, and values.
        body: Body.
        before: Statuses of the mock's earlier answers to the requests that the mutant affects.
        first_byte: Virtual seconds from the request to the first byte of the body.
        between: Virtual seconds between two chunks of a stream.
    """

    status: int
    headers: Headers
    body: bytes
    before: tuple[int, ...] = ()
    first_byte: float = 0.0
    between: float = 0.0

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def with_json(self, value: Any) -> "Answer":
        """Return the answer with another JSON body."""
        return replace(self, body=compact(value).encode())

    @property
    def events(self) -> list[Any]:
        """The events of a stream: chunks as JSON, and `[DONE]`."""
        frames = self.body.decode().split("\n\n")[:-1]
        data = [frame.removeprefix("data: ") for frame in frames]
        return [item if item == "[DONE]" else json.loads(item) for item in data]

    def with_events(self, events: Sequence[Any]) -> "Answer":
        """Return the answer with other events."""
        data = [event if isinstance(event, str) else compact(event) for event in events]
        return replace(self, body="".join(f"data: {item}\n\n" for item in data).encode())


Condition = Callable[[Request], bool]
RequestChange = Callable[[Request], Request]
Change = Callable[[Answer], Answer]


def unchanged(answer: Answer) -> Answer:
    """Return the answer as it is."""
    return answer


def unchanged_request(request: Request) -> Request:
    """Return the request as it is."""
    return request


@dataclass(frozen=True, slots=True)
class Mutant:
    """A server that breaks some promises.

    Attributes:
        name: Unique name.
        breaks: Ids of the clauses that must fail; all others must not.
        when: Which requests the mutant affects.
        answer: Changes the mock's answer.
        request: Changes the request before the mock answers it.
        head_only: Change the head of the answer and forward its body as it is sent.
    """

    name: str
    breaks: tuple[str, ...]
    when: Condition
    answer: Change = unchanged
    request: RequestChange = unchanged_request
    head_only: bool = False


def compact(value: Any) -> str:
    """Return JSON as the mock writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
