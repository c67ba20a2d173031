"""The labels of parameters in a text: words of their names and descriptions.

1. A word that several parameters have in their names says less about each of them.
2. In "the base and height as 6 and 10", the labels stand together. The first belongs to the first of
   the values after them, the second to the second.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from mock_electron.model.fill.candidates import weights
from mock_electron.model.fill.candidates.distances import JOINS, LINKS
from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.fill.text.places import Place, Text
from mock_electron.model.work import WORD

Found = tuple[tuple[float, Sequence[int]], ...]
"""The weight of each word of a parameter that the text contains, and where it does."""
NONE: Found = ()


class Label(Struct, frozen=True):
    """The labels of one parameter.

    Attributes:
        named: The words of its name, and their synonyms.
        told: The words of its description.
        nth: For the first place of each group of labels, which of its labels belongs to the parameter.
    """

    named: Found = NONE
    told: Found = NONE
    group: tuple[int, int] = (-1, 0)


class Labels(Struct, frozen=True):
    """The labels of all parameters of a call.

    Attributes:
        own: For each parameter, its labels.
        words: All words of names of the parameters.
    """

    own: Mapping[int, Label]
    words: frozenset[str]

    @classmethod
    def of(cls, wants: Sequence[Want], text: Text) -> "Labels":
        """Find the labels of parameters in a text."""
        said = _with_sounds(text.positions, wants, text)
        text.reading.said.work.charge(
            2 * WORD * sum([len(want.words) + len(want.hints) for want in wants])
        )
        named = Counter(word for want in wants for word in dict.fromkeys(want.words))
        told = Counter(word for want in wants for word in want.about)
        own: dict[int, Label] = {}
        for number, want in enumerate(wants):
            if (
                said.keys().isdisjoint(want.hints)
                and said.keys().isdisjoint(want.words)
                and said.keys().isdisjoint(want.about)
            ):
                continue
            own[number] = Label(_named(want, said, named), _told(want, said, told))
        grouped = _grouped(own, text) if len(own) > 1 else {}
        for number, group in grouped.items():
            own[number] = Label(own[number].named, own[number].told, group)
        return cls(own, frozenset(named))

    def points(self, number: int, place: Place, text: Text) -> tuple[float, float]:
        """The points of the labels of a parameter for a place: those of its name and its description."""
        label = self.own.get(number)
        if label is None:
            return 0.0, 0.0
        by_name = min(_sum(label.named, place, text), weights.LABEL_MOST)
        at, nth = label.group
        if at >= 0 and place.first > at:
            by_name = 1.0 if text.nth_after(at, place) == nth else min(by_name, 0.3)
        by_about = min(_sum(label.told, place, text), weights.ABOUT_MOST) if label.told else 0.0
        return weights.LABEL * by_name, weights.ABOUT * by_about


def _with_sounds(
    said: Mapping[str, Sequence[int]], wants: Sequence[Want], text: Text
) -> Mapping[str, Sequence[int]]:
    """The places of words, and those of names of parameters in another script: "சேனல்"."""
    heard = text.reading.senses.heard if text.reading.lexical.endings else None
    if heard is None:
        return said
    words = {word for want in wants for word in want.words} - said.keys()
    found = {word: heard.find(word) for word in sorted(words)}
    return {**said, **{word: (place,) for word, place in found.items() if place is not None}}


def _sum(found: Found, place: Place, text: Text) -> float:
    total = 0.0
    for weight, positions in found:
        total += weight * _closest(positions, place, text)
    return total


def _closest(positions: Sequence[int], place: Place, text: Text) -> float:
    """How close the closest of some labels is. Only the nearest one on each side may be that."""
    closeness = text.distances.closeness
    if len(positions) == 1:
        return closeness(positions[0], place.first, place.last)
    before = bisect_left(positions, place.first)
    after = bisect_left(positions, place.last)
    near = (*positions[before - 1 : before], *positions[after : after + 1])
    return max([closeness(position, place.first, place.last) for position in near], default=0.0)


def _named(want: Want, said: Mapping[str, Sequence[int]], named: Counter[str]) -> Found:
    found = []
    for word in dict.fromkeys(want.words):
        if word.isdecimal():  # the 3 of "side3" is no label, but that of "side 3" is
            continue
        if word in said and word not in weights.EMPTY_LABELS:
            weight = (
                weights.VAGUE_LABEL if word in weights.VAGUE_LABELS and len(want.words) > 1 else 1.0
            )
            found.append((weight / named[word], said[word]))
    own = max(named[word] for word in want.words) if want.words else 1
    for word in sorted(want.hints - set(want.words)):
        if word in said:
            found.append((weights.SYNONYM / own, said[word]))
    return tuple(found)


def _told(want: Want, said: Mapping[str, Sequence[int]], told: Counter[str]) -> Found:
    own = set(want.words)
    return tuple(
        [
            (1.0 / told[word], said[word])
            for word in sorted(want.about & said.keys())
            if word not in own and word not in weights.EMPTY_LABELS and len(word) > 1
        ]
    )


def _grouped(own: Mapping[int, Label], text: Text) -> dict[int, tuple[int, int]]:
    """For labels that stand together: the place of the last of them, and which of them it is; rule 2."""
    places = sorted(
        (position, number)
        for number, label in own.items()
        for weight, positions in label.named
        if weight >= 1.0
        for position in positions
    )
    groups: list[list[tuple[int, int]]] = []
    for position, number in places:
        last = groups[-1][-1] if groups else None
        if last is not None and last[1] != number and _joined(last[0], position, text):
            groups[-1].append((position, number))
        else:
            groups.append([(position, number)])
    return {
        number: (group[-1][0], nth)
        for group in groups
        if len(group) > 1 and len({number for _, number in group}) == len(group)
        for nth, (_, number) in enumerate(group)
    }


def _joined(one: int, other: int, text: Text) -> bool:
    """Whether only "and" or a comma, and articles, stand between two labels."""
    between = text.sentence.lowers[one + 1 : other]
    if len(between) > 3 or not all(word in JOINS or word in LINKS for word in between):
        return False
    return any(word in JOINS for word in between) or any(text.sentence.paused[one + 1 : other + 1])
