"""Rates: what tokens cost, and where the prices are read from."""

from pathlib import Path
from typing import Any

import pytest
from rows import each, each_of

from mock_electron import Rates, Usage
from mock_electron.traffic.rates import RATES, rates_of, total_usage

GIVEN: dict[str, Any] = {
    "a value": Rates(0.4, 0.1, 1.6),
    "a name": "example",
    "a text": "0.4:0.1:1.6",
    "a text with slashes": "0.4/0.1/1.6",
}


@each(GIVEN)
def test_rates_are_given_in_several_forms(given: object) -> None:
    """A value, a name and a text with three prices are the same."""
    assert rates_of(given) == Rates(input=0.4, cached=0.1, output=1.6, currency="USD")


FILES: dict[str, tuple[str, str]] = {
    "toml": ("r.toml", 'input = 1\ncached = 0.5\noutput = 2\ncurrency = "INR"\n'),
    "a table": ("r.toml", '[rates]\ninput = 1\ncached = 0.5\noutput = 2\ncurrency = "INR"\n'),
    "json": ("r.json", '{"input": 1, "cached": 0.5, "output": 2, "currency": "INR"}'),
    "yaml": ("r.yaml", "input: 1\ncached: 0.5\noutput: 2\ncurrency: INR\n"),
    "yml": ("r.yml", "rates: {input: 1, cached: 0.5, output: 2, currency: INR}"),
}


def test_a_file_has_rates(tmp_path: Path) -> None:
    """TOML, JSON and YAML have the same keys, at the top or in a table."""
    for name, text in FILES.values():
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert (
            rates_of(tmp_path / name) == rates_of(str(tmp_path / name)) == Rates(1, 0.5, 2, "INR")
        )


WRONG_FILES: dict[str, tuple[str, str, str]] = {
    "no toml": ("r.toml", "input =", "r.toml: invalid TOML: "),
    "no json": ("r.json", "{", "r.json:1: invalid JSON"),
    "no yaml": ("r.yaml", "a: [", "r.yaml:"),
    "a list": ("r.json", "[]", "r.json: rates must be a table with input, cached, output, got []"),
    "a missing price": ("r.json", '{"input": 1, "output": 2}', "r.json: cached is missing"),
    "an unknown key": (
        "r.toml",
        "inputs = 1",
        "r.toml: unknown key 'inputs'. Did you mean 'input'?",
    ),
    "a wrong price": (
        "r.toml",
        "input = -1\ncached = 0\noutput = 0",
        "r.toml: rates.input must be a number from 0 to 1000000, got -1",
    ),
    "a wrong currency": (
        "r.toml",
        "input = 1\ncached = 0\noutput = 0\ncurrency = 1",
        "r.toml: rates.currency must be a text such as 'USD', got 1",
    ),
}


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    """The message has the file, what is wrong, and the nearest right key."""
    for name, text, words in WRONG_FILES.values():
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=r"r\..*: ") as caught:
            rates_of(tmp_path / name)
        assert words in str(caught.value)
    with pytest.raises(ValueError, match=r"none\.toml: cannot be read: No such file"):
        rates_of(tmp_path / "none.toml")


@each_of(
    [
        ("exampel", "unknown rates 'exampel'; expected 'example', or Rates, three prices"),
        ("0.4:0.1", "unknown rates '0.4:0.1'"),
        ("0.4:x:1.6", "; the price of cached tokens must be from 0 to 1000000, got 'x'"),
    ]
)
def test_a_wrong_text_says_what_is_right(text: str, words: str) -> None:
    """The message has the forms, and the part that is wrong."""
    with pytest.raises(ValueError, match="rates") as caught:
        rates_of(text)
    assert words in str(caught.value)


def test_another_type_is_refused() -> None:
    """The message says what rates may be."""
    with pytest.raises(TypeError, match="rates must be the path of a file, got 3; give Rates"):
        rates_of(3)


def test_money_is_the_sum_over_the_tokens() -> None:
    """Fresh, cached and output tokens have their own prices, and a total has no rounding errors."""
    usages = [Usage(1_000, 50, 400), Usage(3, 7, 0)]
    assert total_usage(usages) == Usage(1_003, 57, 400)
    expected = round((603 * 0.4 + 400 * 0.1 + 57 * 1.6) / 1_000_000, 9)
    assert RATES["example"].total(usages) == expected
    assert RATES["example"].total([]) == 0
