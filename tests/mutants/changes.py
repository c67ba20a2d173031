"""Changes that mutants make to answers and requests."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_electron.contract.probe import body
from mutants.mutant import Answer, Change, Request, RequestChange

# --- any answer


def then(*changes: Change) -> Change:
    """Apply changes one after another."""

    def change(answer: Answer) -> Answer:
        for one in changes:
            answer = one(answer)
        return answer

    return change


def status(code: int) -> Change:
    """Set the status."""
    return lambda answer: replace(answer, status=code)


def header(name: str, text: str | Callable[[str], str] | None) -> Change:
    """Set a header: to a text, or to what a function makes of its value. None removes it."""

    def change(answer: Answer) -> Answer:
        known = name.encode()
        old = dict(answer.headers).get(known, b"").decode()
        new = text(old) if callable(text) else text
        kept = tuple(one for one in answer.headers if one[0] != known)
        return replace(answer, headers=kept if new is None else (*kept, (known, new.encode())))

    return change


def text(edit: Callable[[str], str]) -> Change:
    """Edit the body as text."""
    return lambda answer: replace(answer, body=edit(answer.body.decode()).encode())


def taking(first_byte: float = 0.0, between: float = 0.0) -> Change:
    """Let virtual seconds pass before the first byte, and between two chunks."""
    return lambda answer: replace(answer, first_byte=first_byte, between=between)


def only_if(condition: Callable[[Answer], bool], change: Change) -> Change:
    """Change only the answers for which a condition is true."""
    return lambda answer: change(answer) if condition(answer) else answer


def nth(number: int) -> Callable[[Answer], bool]:
    """Match the answer to the nth request that the mutant affects, from 0."""
    return lambda answer: len(answer.before) == number


# --- JSON


def put(path: str, value: Any) -> Change:
    """Set the value at a path of the JSON: to a value, or to what a function makes of it."""

    def change(answer: Answer) -> Answer:
        document = answer.json
        put_in(document, path, value)
        return answer.with_json(document)

    return change


def remove(path: str) -> Change:
    """Remove the key at a path of the JSON."""

    def change(answer: Answer) -> Answer:
        document = answer.json
        remove_from(document, path)
        return answer.with_json(document)

    return change


def reverse_keys(path: str = "") -> Change:
    """Reverse the order of the keys of the object at a path."""

    def change(answer: Answer) -> Answer:
        document = {"": answer.json}
        put_in(document, f".{path}" if path else "", with_reversed_keys)
        return answer.with_json(document[""])

    return change


def with_reversed_keys(value: dict[str, Any]) -> dict[str, Any]:
    """Return an object with its keys in reverse order."""
    return dict(reversed(value.items()))


def put_in(document: Any, path: str, value: Any) -> None:
    """Set the value at a path of a document, as `put` does."""
    container, key = _located(document, path)
    old = container[key] if isinstance(container, list) else container.get(key)
    container[key] = value(old) if callable(value) else value


def remove_from(document: Any, path: str) -> None:
    """Remove the key at a path of a document."""
    container, key = _located(document, path)
    del container[key]


def _located(document: Any, path: str) -> tuple[Any, Any]:
    """Return the object or list that contains the value at a path, and its key or index."""
    *steps, last = path.split(".")
    for step in steps:
        document = document[int(step) if isinstance(document, list) else step]
    return document, int(last) if isinstance(document, list) else last


# --- streams

Chunk = dict[str, Any]


def events(edit: Callable[[list[Any]], Any]) -> Change:
    """Edit the list of events in place, or replace it with the list that the function returns."""

    def change(answer: Answer) -> Answer:
        found = answer.events
        edited = edit(found)
        return answer.with_events(found if edited is None else edited)

    return change


def in_event(number: int, path: str, value: Any) -> Change:
    """Set the value at a path of one event, as `put` does. Event -1 is `[DONE]`."""
    return events(lambda found: put_in(found[number], path, value))


def in_every_chunk(path: str, value: Any) -> Change:
    """Set the value at a path of each chunk, as `put` does."""

    def edit(found: list[Any]) -> None:
        for chunk in found[:-1]:
            put_in(chunk, path, value)

    return events(edit)


# --- requests


def with_header(name: str, text: str) -> RequestChange:
    """Set a header of the request."""
    return lambda request: request.with_header(name, text)


def without_field(name: str) -> RequestChange:
    """Remove a field of the request's body."""
    return lambda request: request.with_body({k: v for k, v in request.body.items() if k != name})


def as_greeting(request: Request) -> Request:
    """Replace the body with a valid one, as a server does that ignores the body."""
    return request.with_body(body("Hi", max_tokens=1))
