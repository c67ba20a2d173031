"""Find titles and things: after "called", after a number, or after an article."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.arguments.reading import Reading
from mock_electron.model.arguments.values import Mark

TITLED: Final = regex(
    r"\b(?:titled|called|entitled|named|subject|title(?:d| is)?+)(?:\s*+:)?+\s++"
    r"(?P<x>[^\s,.;!?][^\s,.;!?()]*+(?:[^\S\n]++"
    r"(?!(?:on|at|for|with|by|from|in|to|and|next|tomorrow|today)\b)[^\s,.;!?()]++)*)",
    re.IGNORECASE,
)
THING: Final = regex(
    r"\b(?:an?)\s+(?P<x>(?!new )[^\W\d][\w'-]*(?: (?!(?:on|at|for|with|by|from|in|to|and|next|tomorrow|today|of|that|this)\b)[\w'-]+){0,4})",
)
COUNTED: Final = regex(
    r"(?:x |of )?(?P<x>(?!(?:times|x|am|pm|people|persons|of)\b)[^\W\d][\w'-]*(?: (?!(?:for|to|on|in|at|from|with|and|or|by|each|please|as|of|is|costs?)\b)[^\W\d][\w'-]*){0,3})"
)


PRICE: Final = regex(r"(?<!\s)\s++(?:costs?|is|are|for|at|=|:)\s*+[$€₹£]?\d")
PRICED: Final = regex(r"(?:\b(?:an?|the|and)\s++)?(?P<x>[^\W\d])")
"""How a thing begins that has a price; it goes on to the price."""
NOT_PRICED: Final = regex(r"[^\w' -]")
"""A character that no such thing contains."""


def after_numbers(reading: Reading) -> Iterator[tuple[int, int]]:
    """The nouns after numbers: "2 pizzas"; otherwise those before a price: "tea costs $2"."""
    for mark in reading.marks:
        if mark.kind == "number":
            noun = COUNTED.match(reading.text, mark.end + 1)
            if noun is not None:
                yield noun.start("x"), noun.end("x")
    yield from _before_prices(reading.text)


def _before_prices(text: str) -> Iterator[tuple[int, int]]:
    breaks = [0, *(match.end() for match in NOT_PRICED.finditer(text))]
    done = 0
    for price in PRICE.finditer(text):
        start = max(done, breaks[bisect_right(breaks, price.start()) - 1])
        priced = PRICED.search(text, start, price.start())
        if priced is not None:
            done = price.end()
            yield priced.start("x"), price.start()


def titled(reading: Reading) -> Iterator[Mark]:
    """What something is called: "a meeting titled Plans", else what it is: "a science fair"."""
    for match in TITLED.finditer(reading.text):
        quote = next((q for q in reading.quotes if q.start == match.start("x")), None)
        if quote is not None:
            yield quote
            continue
        yield Mark("phrase", match["x"].strip("\"'“”"), match.start("x"), match.end("x"))


def things(reading: Reading) -> Iterator[Mark]:
    """Things that are introduced by an article: "a science fair"."""
    for match in THING.finditer(reading.text):
        if match["x"].split(" ")[-1] not in GENERIC:
            yield Mark("phrase", match["x"], match.start("x"), match.end("x"))
        elif (subject := OF_GENERIC.match(reading.text, match.end())) is not None:
            yield Mark("phrase", subject["x"], subject.start("x"), subject.end("x"))


GENERIC: Final = frozenset(
    """todo task note reminder event recipe movie film book joke story poem song list ticket issue
    message email item one lot few couple bit table room flight name word sentence""".split()
)
"""What is asked for by these has its own title, or none yet: "a recipe for pancakes"."""
OF_GENERIC: Final = regex(
    r" (?:for|of|about|called|named) (?P<x>[^\W\d][\w'-]*(?: (?!(?:on|at|for|with|by|from|in|to|and)\b)[\w'-]+){0,4})"
)
