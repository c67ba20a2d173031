"""Simple arithmetic, and counting letters and words."""

import re
from collections.abc import Callable
from operator import add, mul, sub, truediv
from typing import TYPE_CHECKING, Final

from mock_electron._regex import regex
from mock_electron.model.language import WORD
from mock_electron.model.turn import Turn
from mock_electron.model.words.exact import QUOTES, end_of_words

if TYPE_CHECKING:
    from fractions import Fraction

SPELLED: Final = tuple(
    (regex(pattern, re.IGNORECASE), sign)
    for pattern, sign in (
        (r"\bplus\b|\badded to\b", "+"),
        (r"\bminus\b|\bless\b", "-"),
        (r"\btimes\b|\bmultiplied by\b|×|(?<=\d)\s*x\s*(?=\d)", "*"),
        (r"\bdivided by\b|\bover\b|÷", "/"),
        (r"−", "-"),
    )
)
ARITHMETIC_HINTS: Final = (
    "+", "-", "*", "/", "×", "÷", "−", "x", "plus", "minus", "less", "times", "added to",
    "multiplied by", "divided by", "over",
)  # fmt: skip
"""Hints: an expression has a sign, or one of the words in SPELLED."""
EXPRESSION: Final = regex(r"(?<![\d.,])-?\d[\d,.]*(?:\s*[-+*/]\s*-?\d[\d,.]*)+")
OPERATION: Final = regex(
    r"\d[,.]*\s*(?:[-+*/x×÷−]|plus|added|minus|less|times|multiplied|divided|over)", re.IGNORECASE
)
"""A number and what every expression has behind it, before the signs in SPELLED are replaced."""
OPERATIONS: Final[dict[str, "Callable[[Fraction, Fraction], Fraction]"]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": truediv,
}


def arithmetic(turn: Turn) -> str | None:
    """ "What is 2+2?", "12 times 3", with the usual precedence."""
    text = turn.message
    numbers = turn.spoken_language.numbers
    if not numbers.keys().isdisjoint(map(str.lower, WORD.findall(text))):
        text = WORD.sub(lambda word: str(numbers.get(word[0].lower(), word[0])), text)
    if not OPERATION.search(text):
        return None
    for pattern, sign in SPELLED:
        text = pattern.sub(sign, text)
    match = EXPRESSION.search(text)
    if match is None or re.search(r"\d{4}-\d\d|\d/\d++/\d", match[0]):
        return None
    expression = " ".join(re.findall(r"(?<![\d)])-?\d[\d,.]*|[-+*/]", match[0].rstrip(".,")))
    value = calculate(expression)
    return None if value is None else turn.phrase("calculation", expression=expression, value=value)


def calculate(expression: str) -> str | None:
    """The value of numbers and signs with spaces between them; None if they have none."""
    from fractions import Fraction

    try:
        terms: list[Fraction | str] = [
            part if part in OPERATIONS else Fraction(part.replace(",", "").rstrip("."))
            for part in expression.split()
        ]
        for level in ("*/", "+-"):
            terms = _reduced(terms, level)
        [value] = terms
    except (ValueError, ZeroDivisionError):
        return None
    assert isinstance(value, Fraction)
    return _written(value)


LONGEST_RESULT: Final = 2_000
"""Bits of the largest integer that is written out. Python writes integers of this size whatever its
limit for their digits is."""


def _written(value: "Fraction") -> str:
    """Return a number as text: an integer exactly, any other number with six digits."""
    if value.denominator == 1 and value.numerator.bit_length() <= LONGEST_RESULT:
        return str(value.numerator)
    try:
        short = float(value)
    except OverflowError:
        short = 0.0
    if short or not value:
        return f"{short:.6g}"
    from decimal import Decimal

    return f"{Decimal(value.numerator) / Decimal(value.denominator):.6g}"  # beyond a double


def _reduced(terms: "list[Fraction | str]", level: str) -> "list[Fraction | str]":
    from fractions import Fraction

    done = terms[:1]
    for sign, number in zip(terms[1::2], terms[2::2], strict=True):
        if not isinstance(sign, str) or not isinstance(number, Fraction):
            raise ValueError("signs and numbers take turns")
        if sign in level and isinstance(done[-1], Fraction):
            done[-1] = OPERATIONS[sign](done[-1], number)
        else:
            done += [sign, number]
    return done


COUNTED: Final = regex(
    r"\bhow many (?P<what>letters?|characters?|words?|vowels?|(?P<letter>[a-z])(?:'?s)?)\b(?: (?:are|is|does|do))?(?: there)?\s*+"
    r"(?:(?:in|has|have)\s*+)?(?:the )?(?:(?:words?|phrase|sentence|text|string)\s*+)?(?::\s*+)?(?=.)",
    re.IGNORECASE,
)
COUNTING_HINTS: Final = ("how many",)
"""Hints for COUNTED."""
CLOSING_VERB: Final = regex(r"(?<=.) (?:have|contain)\Z", re.IGNORECASE)
CLOSING_QUOTE: Final = regex("[\"'”’]")


def counting(turn: Turn) -> str | None:
    """ "How many letters are in 'tree'?", "how many r's in strawberry?"."""
    end = end_of_words(turn.message)
    newline = turn.message.rfind("\n", 0, end)
    asked = (one for one in COUNTED.finditer(turn.message) if one.end() > newline)
    match = next(asked, None)
    if match is None:
        return None
    text, what = _counted(turn.message, match.end(), end).strip(QUOTES), match["what"].lower()
    if match["letter"]:
        count = text.lower().count(match["letter"].lower())
    elif what.startswith("word"):
        count = len(text.split())
    elif what.startswith("vowel"):
        count = sum(character in "aeiou" for character in text.lower())
    else:
        count = sum(c.isalpha() if what.startswith("letter") else True for c in text)
    return turn.phrase("count", count=str(count))


def _counted(message: str, start: int, end: int) -> str:
    """Return what is counted in: the text up to the last word, or up to its closing quote."""
    text = message[start : max(end, start + 1)]
    closing = CLOSING_QUOTE.search(message, max(end, start + 2)) if text[0] in QUOTES else None
    return message[start : closing.start()] if closing else CLOSING_VERB.sub("", text)
