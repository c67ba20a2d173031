"""Tests of model/normalise.py: a word equals its plural, and different words stay different."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rows import each_of

from mock_electron.model.decide.tool_words import stems_of
from mock_electron.model.normalise import (
    IRREGULAR,
    SINGULAR,
    STOP_WORDS,
    normalise,
    pattern_of,
    split,
    stem,
)

PLURALS = """
    city cities, delivery deliveries, category categories, company companies, inquiry inquiries,
    movie movies, cookie cookies, tie ties, day days, key keys, batch batches, box boxes,
    address addresses, class classes, bus buses, status statuses, campus campuses, virus viruses,
    menu menus, guru gurus, taxi taxis, ski skis, gas gases, lens lenses, alias aliases,
    case cases, house houses, purchase purchases, license licenses, nurse nurses, excuse excuses,
    cache caches, headache headaches, dish dishes, size sizes, prize prizes, quiz quizzes,
    axe axes, tax taxes, hero heroes, photo photos, shoe shoes, invoice invoices, price prices,
    order orders, appointment appointments, booking bookings, fee fees, employee employees,
    leave leaves, knife knives, child children, woman women, foot feet,
    analysis analyses, news news, url urls, sku skus, id ids
"""
DIFFERENT = """
    news new, busy bus, party part, policy police, story store, company companion, movie move,
    abuse abu, raise rai, lens len, does doe, ring re, status state, class clash, address add
"""


def pairs(table: str) -> list[tuple[str, str]]:
    """The pairs of words in a table."""
    return [(one, other) for one, other in (pair.split() for pair in table.split(","))]


@each_of(pairs(PLURALS))
def test_a_word_equals_its_plural(singular: str, plural: str) -> None:
    """In every case, and as a normal form as well as a stem."""
    for written in (plural, plural.upper(), plural.capitalize()):
        assert normalise(written) == normalise(singular)
        assert stem(written) == stem(singular)


@each_of(pairs(DIFFERENT))
def test_different_words_stay_different(one: str, other: str) -> None:
    """Cutting endings does not turn one common word into another."""
    assert normalise(one) != normalise(other)
    assert stem(one) != stem(other)


def regular_plural(word: str) -> str:
    """The plural by the rules of English spelling."""
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"


def is_singular(word: str) -> bool:
    """Whether a word does not look like a plural: "lens" and other exceptions are in SINGULAR."""
    looks_singular = word.endswith("ss") or (word.endswith(("us", "is")) and len(word) > 4)
    return looks_singular or not word.endswith("s")


NOUNS = st.from_regex(
    r"[a-z]{2,8}(?:[a-z]{2}|ch|sh|ss|us|is|se|ze|xe|che|ie|y|o|oe)", fullmatch=True
)


@given(NOUNS)
def test_a_word_equals_its_regular_plural(noun: str) -> None:
    """Any noun of three letters or more, from both sides; nouns in "o" with "os" or "oes"."""
    plural = regular_plural(noun)
    assume(is_singular(noun) and not {noun, plural} & (IRREGULAR.keys() | SINGULAR))
    assert normalise(plural) == normalise(noun)
    assert stem(plural) == stem(noun)
    if noun.endswith("o") and len(noun) > 3:
        assert normalise(f"{noun}es") == normalise(noun)


@given(st.text(max_size=12))
def test_any_text_can_be_normalised(text: str) -> None:
    """Case makes no difference to ASCII words, and no input raises."""
    assert isinstance(stem(text), str)
    if text.isascii():
        assert normalise(text.upper()) == normalise(text)


IDENTIFIERS = [
    ("list_cities", ["list", "cities"]),
    ("listCities", ["list", "Cities"]),
    ("ListCities", ["List", "Cities"]),
    ("list-cities", ["list", "cities"]),
    ("LIST_CITIES", ["LIST", "CITIES"]),
    ("HTTPStatus", ["HTTP", "Status"]),
    ("getURLs", ["get", "URLs"]),
    ("userIDsByName", ["user", "IDs", "By", "Name"]),
    ("order2", ["order", "2"]),
]


@each_of(IDENTIFIERS)
def test_identifiers_are_split(name: str, words: list[str]) -> None:
    """snake_case, camelCase, PascalCase, kebab-case, capitals, and acronyms in the plural."""
    assert split(name) == words


def test_relatives_share_a_stem() -> None:
    """Endings of verbs and of nouns made from verbs are cut."""
    assert stem("booking") == stem("booked") == stem("books") == stem("book")
    assert stem("delivery") == stem("deliveries") == stem("delivered") == stem("deliver")
    assert stem("applied") == stem("applies") == stem("applying") == stem("apply")
    assert stem("closing") == stem("closed") == stem("closes") == stem("close")


def test_stems_of_a_text_leave_out_words_without_meaning() -> None:
    """Identifiers are split, and stop words are left out before their endings are cut."""
    assert list(stems_of("getOrders lookup_order HTTPStatus")) == [
        "order",
        "lookup",
        "order",
        "http",
        "statu",
    ]
    assert list(stems_of("Which of these does this one use, please?")) == []


def test_stop_words_are_known_in_both_forms() -> None:
    """A stop word is recognised as it is written and when it is normalised."""
    assert {"these", normalise("these"), "use", normalise("use")} <= STOP_WORDS
    assert all(word == word.lower() for word in STOP_WORDS)


@pytest.mark.parametrize("written", ["city", "cities", "movie", "movies", "night", "nights"])
def test_a_pattern_finds_singular_and_plural(written: str) -> None:
    """The pattern of a normal form matches the beginning of the word in both numbers."""
    assert re.match(pattern_of(normalise(written)), written)
