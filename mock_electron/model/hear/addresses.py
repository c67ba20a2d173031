"""Addresses that are spoken: "john dot smith at gmail dot com", "www dot example dot com".

1. The end of a host name shows them: "dot com".
2. Before the word for "at" is the name: everything that "dot", "underscore" or "dash" joins, letters and
   digits next to it, and the words back to one that introduces it: "my email is".
"""

from collections.abc import Iterator
from typing import Final

from mock_electron.model.hear.pieces import Line, Piece
from mock_electron.model.hear.speech import matched

ENDS: Final = frozenset(
    """com org net in co io edu gov uk de fr es it info biz dev app ai me us ca au nl ch at tv xyz online shop cz pl se no dk fi ie nz za jp kr sg pk lk bd ae ru gr be pt br mx eu
    example test""".split()
)
JOINING: Final = {
    "underscore": "_",
    "dash": "-",
    "hyphen": "-",
    "plus": "+",
    "dot": ".",
    "point": ".",
}
INTRODUCING: Final = frozenset(
    """is it's its email mail e-mail id address to at on as my the send hai and from for use that's contact
    ईमेल मेल है आईडी पर cc bcc visit open website site go called
    sorry no yes yeah yep wait oh okay ok um uh sure please just mean meant said actually यह मेरा mera meri""".split()
)
NO_HOSTS: Final = frozenset(("the", "a", "this", "that"))
LONGEST_NAME: Final = 3
"""The maximum number of words of a name that nothing joins."""


def addresses(line: Line) -> Line:
    """The line with its addresses as one types them."""
    found = list(_found(line))
    if not found:
        return line
    pieces: list[Piece] = []
    words: list[str] = []
    place = 0
    for start, end, text in found:
        pieces += [*line.pieces[place:start], line.replaced(start, end, text)]
        words += [*line.words[place:start], text]
        place = end
    return line.with_pieces([*pieces, *line.pieces[place:]], [*words, *line.words[place:]])


def _found(line: Line) -> Iterator[tuple[int, int, str]]:
    """The start, the end and the text of each address."""
    done = 0
    for place in range(1, len(line.pieces) - 1):
        is_host = _is_dot(line, place) and _is_end(line, place + 1)
        if place < done or not is_host or line.words[place - 1] in NO_HOSTS:
            continue
        end = place + 2
        while _is_dot(line, end) and _is_end(line, end + 1):
            end += 2
        start = place - 1
        while start - 2 >= done and _is_dot(line, start - 1):
            start -= 2
        nearby = range(max(done, start - LONGEST_NAME), start)
        start = next((at for at in nearby if line.words[at] == "www"), start)
        name = _name(line, start, done)
        host = "".join(_letters(line, at) for at in range(start, end))
        if name is not None:
            begin, first, local = name
            host = "".join(_letters(line, at) for at in range(first, end))
            yield begin, end, f"{local}@{host}"
        else:
            while line.word(end) == "slash" and end + 1 < len(line.pieces):
                host += f"/{line.word(end + 1)}"
                end += 2
            yield start, end, host
        done = end


def _is_dot(line: Line, place: int) -> bool:
    return line.word(place) in line.speech.dots


def _is_end(line: Line, place: int) -> bool:
    return line.word(place) in ENDS or line.word(place) in line.speech.tlds


def _letters(line: Line, place: int) -> str:
    word = line.word(place)
    return (
        "." if word in line.speech.dots else line.speech.tlds.get(word) or JOINING.get(word, word)
    )


def _name(line: Line, host: int, least: int) -> tuple[int, int, str] | None:
    """The start of a name before the word for "at", the start of the host, and the name."""
    for place in range(host - 1, max(least, host - 6), -1):
        found = matched(line.speech.ats, line.words, place)
        if found is not None and found[0] <= host:
            first = found[0]
            break
    else:
        return None
    if host - first > 2:
        return None
    begin, last = place - 1, place
    while begin != last:
        last = begin
        while begin - 2 >= least and line.words[begin - 1] in (*line.speech.dots, *JOINING):
            begin -= 2
        if begin > least and (_is_short(line, begin) or _is_short(line, begin - 1)):
            begin -= line.words[begin - 1] not in INTRODUCING
    begin = _back(line, begin, least)
    text = "".join(_letters(line, at) for at in range(begin, place))
    return begin, first, text


def _back(line: Line, begin: int, least: int) -> int:
    """The start of the words before a name that belong to it; rule 2."""
    back = begin
    while back > least and begin - back < LONGEST_NAME and line.words[back - 1] not in INTRODUCING:
        back -= 1
    introduced = back == 0 or line.words[back - 1] in INTRODUCING
    return back if introduced and begin - back < LONGEST_NAME else begin


def _is_short(line: Line, place: int) -> bool:
    word = line.words[place]
    return (len(word) == 1 and word.isalpha()) or word.isdecimal()
