"""Take values from earlier messages, if the last message has none.

1. The newest message or result that contains a value provides it.
2. In a JSON result, the value is the field with the same name, or with a name that ends alike:
   `order_id` takes `order.id` and `id`, `city` takes `city_name`.
3. Any other text is read like the message itself, with the rules in SURE.
"""

from collections.abc import Iterator
from typing import Any, Final

from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.fill.text import words
from mock_electron.model.literals import read_json
from mock_electron.model.work import RULE, WORD, Work

MOST_MESSAGES: Final = 40
MOST_FIELDS: Final = 2_000
LONGEST_RESULT: Final = 200_000


Path = tuple[tuple[str, ...], ...]
Fields = tuple[tuple[Path, Any], ...]
"""Every field of a JSON document, with the words of the names that lead to it."""


def recalled(want: Want, documents: tuple[Fields, ...], work: Work) -> Iterator[Any]:
    """The values in JSON results that a property may take, best first; rule 2."""
    for fields in documents:
        work.charge(2 * WORD * len(fields))
        yield from (value for path, value in fields if path and path[-1] == want.words)
        yield from (value for path, value in fields if _alike(want, path))


def read(texts: tuple[str, ...], work: Work) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """The earlier texts that are not JSON, and those that are."""
    plain: list[str] = []
    documents: list[Any] = []
    for text in texts[:MOST_MESSAGES]:
        work.charge(len(text) // 10)
        document = _document(text)
        if isinstance(document, dict | list):
            documents.append(document)
        else:
            plain.append(text)
    return tuple(plain), tuple(documents)


def _document(text: str) -> Any:
    if text[:1].isspace():
        text = text.strip()
    if text[:1] not in ("{", "[") or len(text) > LONGEST_RESULT:
        return None
    try:
        return read_json(text)
    except ValueError:
        return None


def fields_of(document: Any, work: Work) -> Iterator[tuple[Path, Any]]:
    """Every field with the words of the names that lead to it; near ones first."""
    level: list[tuple[Path, Any]] = [((), document)]
    seen = 0
    while level and seen < MOST_FIELDS:
        below = []
        for path, value in level:
            work.charge(WORD)
            if isinstance(value, dict):
                work.charge(sum(map(len, value)) + RULE * len(value))
                below += [
                    ((*path, words.of_identifier(key)), member) for key, member in value.items()
                ]
            elif isinstance(value, list):
                below += [(path, member) for member in value[:50]]
            if path:
                yield path, value
            seen += 1
        level = below[:MOST_FIELDS]


def _alike(want: Want, path: Path) -> bool:
    own, last = want.words, path[-1] if path else ()
    if not own or not last or last == own:
        return False
    if own[-1] != last[-1] and own[0] != last[0]:
        return False  # most fields: each rule compares the first or the last words
    joined = tuple(word for step in path for word in step)
    if joined[-len(own) :] == own or last[: len(own)] == own or last[-len(own) :] == own:
        return True
    return own[-len(last) :] == last
