"""What a mutant makes of an answer or of a request."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_electron.contract.probe import body
from mutants.mutant import Answer, Asked, AskedChange, Change

# --- of any answer


def then(*changes: Change) -> Change:
    """One after the other."""

    def change(answer: Answer) -> Answer:
        for one in changes:
            answer = one(answer)
        return answer

    return change


def status(code: int) -> Change:
    return lambda answer: replace(answer, status=code)


def header(name: str, text: str | Callable[[str], str] | None) -> Change:
    """Another text for a header, or a function of the text that it has; None leaves it out."""

    def change(answer: Answer) -> Answer:
        known = name.encode()
        old = dict(answer.headers).get(known, b"").decode()
        new = text(old) if callable(text) else text
        kept = tuple(one for one in answer.headers if one[0] != known)
        return replace(answer, headers=kept if new is None else (*kept, (known, new.encode())))

    return change


def text(edit: Callable[[str], str]) -> Change:
    """The body as text."""
    return lambda answer: replace(answer, body=edit(answer.body.decode()).encode())


def late(pause: float = 0.0, between: float = 0.0) -> Change:
    return lambda answer: replace(answer, pause=pause, between=between)


def where(holds: Callable[[Answer], bool], change: Change) -> Change:
    """Only those answers for which this holds."""
    return lambda answer: change(answer) if holds(answer) else answer


def nth(number: int) -> Callable[[Answer], bool]:
    """It is the answer to this request of those that the mutant is about, from 0."""
    return lambda answer: len(answer.before) == number


# --- of JSON


def put(path: str, value: Any) -> Change:
    """A value at a path of the JSON: this one, or a function of the one that is there."""

    def change(answer: Answer) -> Answer:
        document = answer.json
        put_in(document, path, value)
        return answer.with_json(document)

    return change


def leave_out(path: str) -> Change:
    def change(answer: Answer) -> Answer:
        document = answer.json
        leave_out_of(document, path)
        return answer.with_json(document)

    return change


def turn_round(path: str = "") -> Change:
    """The keys of the object at a path the other way round."""

    def change(answer: Answer) -> Answer:
        document = {"": answer.json}
        put_in(document, f".{path}" if path else "", keys_turned_round)
        return answer.with_json(document[""])

    return change


def keys_turned_round(value: dict[str, Any]) -> dict[str, Any]:
    return dict(reversed(value.items()))


def put_in(document: Any, path: str, value: Any) -> None:
    holder, last = _found(document, path)
    old = holder[last] if isinstance(holder, list) else holder.get(last)
    holder[last] = value(old) if callable(value) else value


def leave_out_of(document: Any, path: str) -> None:
    holder, last = _found(document, path)
    del holder[last]


def _found(document: Any, path: str) -> tuple[Any, Any]:
    """What holds the value at a path, and the name or the number by which it does."""
    *steps, last = path.split(".")
    for step in steps:
        document = document[int(step) if isinstance(document, list) else step]
    return document, int(last) if isinstance(document, list) else last


# --- of streams

Chunk = dict[str, Any]


def events(edit: Callable[[list[Any]], Any]) -> Change:
    """A list of events that a function has changed in its place, or the one that it gives back."""

    def change(answer: Answer) -> Answer:
        found = answer.events
        made = edit(found)
        return answer.with_events(found if made is None else made)

    return change


def in_event(number: int, path: str, value: Any) -> Change:
    """A value at a path of one event, as with `put`. Number -1 is [DONE]."""
    return events(lambda found: put_in(found[number], path, value))


def in_every_chunk(path: str, value: Any) -> Change:
    """A value at a path of each chunk."""

    def edit(found: list[Any]) -> None:
        for chunk in found[:-1]:
            put_in(chunk, path, value)

    return events(edit)


# --- of requests


def with_header(name: str, text: str) -> AskedChange:
    return lambda asked: asked.with_header(name, text)


def without_field(name: str) -> AskedChange:
    return lambda asked: asked.with_body({k: v for k, v in asked.body.items() if k != name})


def as_a_greeting(asked: Asked) -> Asked:
    """A valid request in its place: so answers a server that does not look at the body."""
    return asked.with_body(body("Hi", max_tokens=1))
