"""Self-corrections: what was said wrongly is replaced.

1. The value after "no wait" replaces the nearest value of the same kind before it. After a word that
   is used otherwise too, such as "no" or "actually", both values must be next to it.
2. A repeated word joins the texts: "to pune no to nashik".
3. A name replaces the words back to the word that introduces it: "in delhi no wait mumbai".
4. "Friday not saturday" and "not friday but saturday" leave the one that is meant.
5. In a text that is typed, a single word corrects only after a comma.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.model.hear.pieces import Line, Piece
from mock_electron.model.hear.signals import NOT
from mock_electron.model.hear.span import Span
from mock_electron.model.hear.speech import matched

MOST: Final = 3
"""The maximum number of corrections in a text."""
NEAR: Final = 2
"""The maximum number of words between a value and a weak word such as "no"."""
FAR: Final = 6
"""How many words back a repeated word is looked for."""
INTRODUCING: Final = frozenset(
    "in to from at for of is it's called named near with name by on city me my the".split()
)
REPEATED: Final = frozenset("in to from at for of with near by my the on into".split())
POSTPONED: Final = frozenset("se ko mein tak par ka ki ke से को में तक पर का की के".split())
OTHER_USES: Final = frozenset(
    """problem problems thanks thank need worries idea way one matter i i'm i'll i'd you that that's please longer later
    more less doubt what how when where why can could do does is it it's we he she they not so but and the a
    an this there if just later never""".split()
)
"""After "no" or "sorry", these begin something else than a name."""
LISTING: Final = frozenset(
    "and with but or has have had got having is are was there's there i've it's".split()
)
"""Before "no", these make it negate what follows: "blue and no wheels"."""
MOST_OF_NAME: Final = 3


class Place(Struct, frozen=True):
    """A value and the places of its first and after its last word."""

    span: Span
    start: int
    end: int


Read = Callable[[str], tuple[Span, ...]]


def corrected(line: Line, read: Read) -> Line:
    """The line with what was meant.

    Args:
        line: The line.
        read: Returns the values of a text.
    """
    known = line.speech.corrections
    made = place = 0
    while place < len(line.words) and made < MOST:
        cue = matched(known, line.words, place) if line.words[place] != NOT else None
        changed = None
        if cue is not None and not (cue[1] != "restarts" and _negates(line, place)):
            changed = _repaired(line, place, *_whole_cue(line, *cue), read)
        elif line.words[place] == NOT:
            changed = _chosen(line, place, read)
        if changed is None:
            place += 1
        else:
            line, made = changed, made + 1
    return line


def _negates(line: Line, place: int) -> bool:
    """Whether "no" negates what follows: "blue and no wheels"."""
    return line.words[place] == "no" and line.word(place - 1) in LISTING


def _whole_cue(line: Line, end: int, kind: str) -> tuple[int, bool]:
    """The place after all words of a correction, and whether they are certain to be one."""
    is_sure = kind == "restarts"
    while (more := matched(line.speech.corrections, line.words, end)) is not None:
        end, is_sure = more[0], True
    return end, is_sure


def _repaired(line: Line, cue: int, end: int, is_sure: bool, read: Read) -> Line | None:
    if cue == 0 or end >= len(line.words):
        return None
    if not line.spoken and not (is_sure or "," in line.pieces[cue].gap):
        return None
    if not is_sure and any(mark in line.pieces[cue].gap for mark in ".!?;"):
        return None
    if line.words[end] == NOT and len(line.words) - end <= MOST_OF_NAME:
        return line.without([(cue, len(line.words))])
    start = end
    for _ in range(4):
        lead = matched(line.speech.leads, line.words, start)
        if lead is None:
            break
        start = lead[0]
    values = _places(line, read)
    for first in dict.fromkeys((end, start)):
        new = _at(values, first)
        old = None if new is None else _old(values, new, cue, is_sure)
        if new is not None and old is not None:
            return _replaced(line, old, new, cue)
    if _at(values, end) is not None or _at(values, start) is not None:
        return None
    return (
        _joined(line, cue, end) or _postponed(line, cue, end) or _renamed(line, cue, start, is_sure)
    )


def _places(line: Line, read: Read) -> list[Place]:
    known: list[Place] | None = line.__dict__.get("places")
    if known is None:
        known = line.__dict__["places"] = _read_places(line, read)
    return known


def _read_places(line: Line, read: Read) -> list[Place]:
    starts = line.starts
    return [
        Place(span, max(0, bisect_left(starts, span.start + 1) - 1), bisect_left(starts, span.end))
        for span in read(line.text)
    ]


def _old(values: list[Place], new: Place, cue: int, is_sure: bool) -> Place | None:
    """The value that is replaced; rule 1."""
    last = bisect_right(values, cue, key=_end)
    for value in reversed(values[max(0, last - FAR) : last]):
        if (is_sure or cue - value.end <= NEAR) and _is_same_kind(value.span, new.span):
            return value
    return None


def _end(value: Place) -> int:
    return value.end


def _start(value: Place) -> int:
    return value.start


def _at(values: list[Place], start: int) -> Place | None:
    """The value that begins at a place, or None."""
    place = bisect_left(values, start, key=_start)
    return values[place] if place < len(values) and values[place].start == start else None


def _is_same_kind(old: Span, new: Span) -> bool:
    hours = new.kind == "number" and new.value in range(1, 25)
    was_hours = old.kind == "number" and old.value in range(1, 13) and new.kind == "time"
    return (
        old.kind == new.kind
        or (old.kind == "time" and hours)
        or was_hours
        or {old.kind, new.kind} == IDS
    )


IDS: Final = {"number", "code"}


def _replaced(line: Line, old: Place, new: Place, cue: int) -> Line:
    pieces, words = line.pieces, line.words
    end, between = new.end, words[old.end : cue]
    if words[new.end : new.end + len(between)] == between:
        end += len(between)
    taken = list(pieces[new.start : new.end])
    if old.span.kind == "time" and new.span.kind == "number":
        taken = [replace(taken[0], text=_at_hour(old, new, line), is_changed=True)]
    start = old.start
    if words[start] in REPEATED and words[new.start] not in REPEATED:
        start += 1  # the value is "on friday", and its preposition stays
    is_rejected = start > 0 and words[start - 1] == NOT
    first = start - 1 if is_rejected else start
    taken[0] = replace(taken[0], gap=pieces[first].gap)
    return _with(line, [*pieces[:first], *taken, *pieces[old.end : cue], *pieces[end:]])


def _at_hour(old: Place, new: Place, line: Line) -> str:
    """ "At 6:00 pm no 7": the same part of the day."""
    written = line.text[old.span.start : old.span.end]
    half = next((half for half in (" am", " pm") if written.endswith(half)), "")
    return f"{new.span.value}{half}" if half else f"{new.span.value}:00"


def _with(line: Line, pieces: list[Piece]) -> Line:
    return line.with_pieces(pieces, [piece.text.lower() for piece in pieces])


def _joined(line: Line, cue: int, end: int) -> Line | None:
    """Rule 2."""
    word = line.words[end]
    if word not in REPEATED:
        return None
    for place in range(cue - 1, max(-1, cue - FAR), -1):
        if line.words[place] == word:
            return line.without([(place, end)])
    return None


def _postponed(line: Line, cue: int, end: int) -> Line | None:
    """Rule 2 for words after a name: "dilli se nahi mumbai se"."""
    is_repeated = line.word(cue - 1) in POSTPONED and line.word(cue - 1) == line.word(end + 1)
    return line.without([(cue - 2, end)]) if cue > 1 and is_repeated else None


def _renamed(line: Line, cue: int, start: int, is_sure: bool) -> Line | None:
    """Rule 3."""
    end = start
    while end < len(line.words) and end - start < MOST_OF_NAME + 1:
        if line.words[end] in INTRODUCING or (end > start and line.ends(end)):
            break
        end += 1
    is_last = end == len(line.words)
    if not 0 < end - start <= MOST_OF_NAME or line.words[start] in OTHER_USES:
        return None
    if not is_sure and (not is_last or end - start > NEAR):
        return None
    begin = None if is_last else _parallel(line, cue, end - start, line.words[end])
    if begin is None:
        begin = _introduced(line, cue)
    if begin is None:
        return None
    pieces = list(line.pieces)
    pieces[start] = replace(pieces[start], gap=pieces[begin].gap)
    return _with(line, [*pieces[:begin], *pieces[start:]])


def _introduced(line: Line, cue: int) -> int | None:
    """Where the name before a correction begins, after a word that introduces it."""
    begin = cue
    while begin > 0 and cue - begin < MOST_OF_NAME and line.words[begin - 1] not in INTRODUCING:
        begin -= 1
    is_introduced = 0 < begin < cue and line.words[begin - 1] in INTRODUCING
    return begin if is_introduced else None


def _parallel(line: Line, cue: int, length: int, word: str) -> int | None:
    """Where the same structure begins before a correction: "delhi to agra no wait pune to agra"."""
    before = range(cue - 1, max(length - 1, cue - FAR), -1) if word in REPEATED else ()
    return next((place - length for place in before if line.words[place] == word), None)


def _chosen(line: Line, place: int, read: Read) -> Line | None:
    """Rule 4."""
    values = _places(line, read)
    rejected = _at(values, place + 1) or _at(values, place + 2)
    if rejected is None or (rejected.start == place + 2 and line.words[place + 1] not in REPEATED):
        return None
    end = rejected.end + (line.word(rejected.end) == "but")
    last = bisect_right(values, place, key=_end) - 1
    before = values[last] if last >= 0 and values[last].end >= place - 1 else None
    after = _at(values, end) or _at(values, end + 1)
    if before is not None and before.span.kind == rejected.span.kind:
        return line.without([(place, rejected.end)])
    is_next = after is not None and (after.start == end or line.words[end] in REPEATED)
    if after is not None and is_next and after.span.kind == rejected.span.kind:
        return line.without([(place, end)])
    return None
