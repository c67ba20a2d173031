"""Free text: behind the parameter's name, behind "saying", or what the others leave."""

from collections.abc import Iterator
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.fill.call import SORTS, Call, Scored, range_of
from mock_electron.model.fill.candidates import weights
from mock_electron.model.fill.candidates.worded import FIGURES
from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.fill.text.free_text import core, rest
from mock_electron.model.fill.text.reading import sentence_end
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.normalise import normalise


def following(call: Call, number: int, want: Want) -> Iterator[Scored]:
    """Free text behind the parameter's name, up to the end of the sentence or the next name."""
    label = call.labels.own.get(number)
    if label is None:
        return
    text, sentence = call.text, call.text.sentence
    words = text.reading.words
    for weight, positions in label.named:
        for position in positions:
            if weight < 0.5 or sentence.commands[position]:
                continue
            start = position + 1
            link = False
            while (
                start < len(words)
                and sentence.lowers[start] in FREE_LINKS
                and not sentence.paused[start]
            ):
                link, start = True, start + 1
            if start >= len(words) or sentence.paused[start]:
                continue
            if not link and words[start].written in NOT_A_VALUE:
                continue
            end = _free_end(call, number, words[start].start)
            if end <= words[start].start:
                continue
            mark = Mark(
                "phrase",
                text.reading.text[words[start].start : end].rstrip(" .,;"),
                words[start].start,
                end,
            )
            score = weights.LABEL * weight + (24 if link else 12)
            yield score, score, mark, range_of(mark)


FREE_LINKS: Final = frozenset(
    "is as be should will of saying reads says that called named titled being".split()
)
NOT_A_VALUE: Final = frozenset(
    "to for from in on at with and or about that which who when where how if is are was it of by".split()
)


def _free_end(call: Call, number: int, start: int) -> int:
    """Where a free text ends: with the sentence, or where the next parameter is named."""
    text = call.text.reading.text
    end = sentence_end(text, start)
    for other, label in call.labels.own.items():
        if other == number:
            continue
        for weight, positions in label.named:
            for position in positions if weight >= 0.5 else ():
                word = call.text.reading.words[position]
                if start < word.start < end:
                    joined = JOINED.search(text, max(start, word.start - 24), word.start)
                    if joined is not None:
                        end = min(end, joined.start())
    return end


JOINED: Final = regex(r"(?:,|\s(?:and|with|to|for|on|at))\s(?:[a-z]+\s)?(?:[a-z]+\s)?$")
SAYING: Final = regex(
    r"\b(?i:remind) (?:me|us) (?!to\b)(?:(?!to )[\w:']{1,20}+ ){1,7}+to\s(?=\S)|\b(?i:tell|text|message|notify|inform|remind|ask|let) (?:(?:the|my|our|her|his) )?[\w'-]+(?: know)? (?:(?:that|to|about)[\s:]+(?=\S)|(?=(?:i|we|he|she|it|they|there)(?:'| is | was )))|\b(?:saying(?: that)?|that says|which says|that reads|message:|to say(?: that)?)[\s:]+(?=\S)"
)


def saying(call: Call, number: int, want: Want) -> Iterator[Scored]:
    text = call.text.reading.text
    found = SAYING.search(text)
    if found is not None:
        value = text[found.end() :].strip(" .\"'“”")
        if value:
            mark = Mark("phrase", value, found.end(), len(text))
            yield 58, 58, mark, range_of(mark)


def _is_figure(value: str, want: Want) -> bool:
    """Whether a text is a number, and the parameter is none that consists of figures."""
    figures = "pattern" in want.schema or not FIGURES.isdisjoint(want.about)
    return not figures and value.isdecimal()


def _is_label(value: str, want: Want) -> bool:
    """Return whether a text asks for the value, by its name: "Name a color"."""
    last = normalise(value.rsplit(None, 1)[-1].strip(".!?")) if value.strip() else ""
    return bool(want.words) and last == want.words[-1] and value.count(" ") <= len(want.words) + 1


def what_is_left(call: Call, number: int, want: Want) -> Iterator[Scored]:
    text = call.text.reading
    if text.lexical.endings:
        yield from _core(call, want)
    mark = rest(text, [])
    if mark is None:
        return
    end = len(text.text)
    place = ((end + 1, end + 2),)  # at most one parameter takes the rest
    sort = SORTS.get(want.role.name, "any")
    if sort != "free" and _is_label(mark.value, want):
        return
    points = weights.REST if sort == "free" else weights.WEAK_REST
    if sort != "free" and (mark.value.count(" ") > 3 or _is_figure(mark.value, want)):
        return
    yield points, 0, Mark("rest", mark.value, mark.start, mark.end), place


def _core(call: Call, want: Want) -> Iterator[Scored]:
    """What is left of a text whose verb is last."""
    if SORTS.get(want.role.name, "any") != "free":
        return
    mark = core(call.text, call.names)
    if mark is not None and not _is_figure(mark.value, want):
        yield CORE, 0, mark, range_of(mark)


CORE: Final = 50
