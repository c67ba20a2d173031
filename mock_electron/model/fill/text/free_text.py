"""Free text: a request without its command.

1. A request consists of a polite opening, a command, and the rest, which is the free text.
2. Values at either end of the rest that belong to other arguments are removed.
"""

import re
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.fill.text.places import Text
from mock_electron.model.fill.text.reading import Reading
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.lexicon import is_plain

POLITE: Final = (
    r"(?:(?:please|now|ok(?:ay)?|hey|hi|hello|so|then|also|and|can you|could you|would you|will you|"
    r"kindly|i(?:'d| would) like (?:you )?to|i want (?:you )?to|i need (?:you )?to|help me|let's)[ ,]+)*"
)
COMMANDS: Final = (
    r"remind (?:me|us)(?: (?:to|that|about))?",
    r"(?:search|look|check|browse)(?: in| through)? (?:my|our|the|all) \w+(?: \w+)? for",
    r"(?:search|look|google)(?: (?:the web|online|up|it up|wikipedia|the internet))?(?: for| up| about)?",
    r"(?:find|get|fetch|retrieve)(?: (?:me|us))?(?: information (?:on|about))?",
    r"tell (?:me|us)(?: about)?",
    r"(?:tell|text|message|notify|inform) [A-Z][\w'-]*(?: (?:that|to|about))?",
    r"(?:send|write) (?:an? |the )?(?:e-?mail|message|text|note|sms)(?: to \S+)?(?: (?:saying|that says|that|about))?",
    r"(?:send|write) [A-Z][\w'-]* (?:an? |the )?(?:e-?mail|message|text|note)(?: (?:saying|that says|that|about))?",
    r"(?:translate|summari[sz]e|repeat|echo|say|post|tweet|analy[sz]e|classify|extract|parse|calculate|compute|evaluate|solve)",
    r"(?:add|create|make|take|save|set)(?: (?:me|us))? (?:an? |the )?(?:note|todo|task|reminder|memo|ticket|item)(?: (?:to|that|about|for|saying|called))?",
    r"(?:add|put|set)\b",
    r"(?:write|compose|draft|give|show|generate|create)(?: (?:me|us))?(?: (?:an? |the )?[\w-]+(?: [\w-]+)? about)?",
    r"(?:use|call|run|invoke)(?: the)?(?: (?:tool|function))? [\w-]+(?: (?:tool|function))?(?: (?:to|for|with|on))?",
    r"what do you know about",
    r"(?:turn|switch) (?:on|off)(?: the)?",
    r"(?:run|execute|play|open|close|lock|unlock|dim|start|stop|cancel|track|check|show|review|greet|define|spell|pronounce)(?: (?:me|the|my))?",
    r"how do (?:you|i|we) (?:say|spell|pronounce|write)",
    r"ask (?:the )?\w+:?",
)
LEAD_IN: Final = regex(
    rf"\s*{POLITE}(?:(?:{'|'.join(COMMANDS)})(?=[\s:,]|$)[\s:]*)?", re.IGNORECASE
)
EDGES: Final = " ,;:\n\t"
HANGING: Final = regex(
    r"(?:^|\s)(?:on|at|in|to|for|by|with|from|of|and|around|the|is|into|as|about|before|after|until|an?)\s*$",
    re.IGNORECASE,
)
COLON: Final = regex(r"^[^:\n]{3,60}:\s+(?=\S)")


def rest(reading: Reading, taken: list[tuple[int, int]]) -> Mark | None:
    """The free text, without the command and without used values; rules 1 and 2."""
    text = reading.text
    lead = LEAD_IN.match(text)
    start, end = (lead.end() if lead else 0), len(text.rstrip())
    colon = COLON.match(text)
    if colon is not None and lead is not None and lead.end() > 0:
        start = colon.end()
    start, end = _without(text, start, end, taken)
    value = text[start:end]
    if not value:
        return None
    if len(value) > 1 and (value[0], value[-1]) in (('"', '"'), ("“", "”"), ("'", "'"), ("«", "»")):
        value = value[1:-1]
    return Mark("rest", value, start, end)


def core(text: Text, own: frozenset[str]) -> Mark | None:
    """The free text of a request in a language whose verb is last: "दवाई लेने" in "दवाई लेने की याद दिलाना".

    Args:
        text: The text.
        own: The words of the tool, and of its parameters.
    """
    sentence = text.sentence
    best = (0, 0)
    start = 0
    for place in range(len(sentence.lowers) + 1):
        if place == len(sentence.lowers) or sentence.held[place] >= 0:
            first, last = _stripped(text, own, start, place)
            best = max(best, (first, last), key=lambda one: one[1] - one[0])
            start = place + 1
    first, last = best
    if first == last:
        return None
    words = text.reading.words
    begin, end = words[first].start, words[last - 1].end
    return Mark("phrase", text.reading.text[begin:end], begin, end)


def _stripped(text: Text, own: frozenset[str], first: int, last: int) -> tuple[int, int]:
    """The places of a part of a text without the command at its end, and particles at both ends."""
    lowers, language = text.sentence.lowers, text.sentence.lexical

    def is_plain_at(place: int) -> bool:
        lower = lowers[place]
        return lower in language.after or lower in language.common or is_plain(lower, language.code)

    def is_own_at(place: int) -> bool:
        return not text.english.get(place, frozenset()).isdisjoint(own)

    while first < last and is_plain_at(first):
        first += 1
    while first < last and is_plain_at(last - 1) and not is_own_at(last - 1):
        last -= 1
    end = last
    while first < last and is_own_at(last - 1):
        last -= 1
    if last < end and first < last and lowers[last - 1] in language.after:
        last -= 1  # what it belongs to is the value
    return first, last


def _without(text: str, start: int, end: int, taken: list[tuple[int, int]]) -> tuple[int, int]:
    for _ in range(MOST_TAKEN):
        closing = EDGES + ".!।。" if QUESTION.match(text, start) else EDGES + ".!।。?？"
        while end > start and text[end - 1] in closing:
            end -= 1
        while start < end and text[start] in EDGES + ".":
            start += 1
        last = next(
            (begin for begin, stop in taken if begin < end <= stop and begin >= start), None
        )
        first = next((stop for begin, stop in taken if begin <= start < stop <= end), None)
        if last is not None:
            end = last
            while (hanging := _hanging(text, start, end)) is not None:
                end = hanging.start()
        elif first is not None:
            start = first
        else:
            break
    return start, end


def _hanging(text: str, start: int, end: int) -> re.Match[str] | None:
    return HANGING.search(text, max(start, end - LONGEST_HANGING), end)


MOST_TAKEN: Final = 20
LONGEST_HANGING: Final = 40
"""The number of characters at the end of a text in which a hanging word is looked for."""
QUESTION: Final = regex(
    r"\W*(?:who|what|when|where|why|how|which|whose|is|are|do|does|did|can|could|will|would|should|[^\x00-\x7f])",
    re.IGNORECASE,
)
