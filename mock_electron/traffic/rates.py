"""What tokens cost: prices per million tokens, which the user gives.

Electron's prices are not known. Those in `RATES` were in the vendor's OpenAPI description, and were
withdrawn from its other pages; they are only an example.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any, Final

from mock_electron.inputs.checks import check_path, must_be, number
from mock_electron.inputs.spelling import did_you_mean, echoed, escaped, unknown, wrong_part
from mock_electron.inputs.values import CheckedValue
from mock_electron.wire.reply import Usage

PER: Final = 1_000_000
"""The number of tokens that a price is for."""
MOST: Final = 1_000_000
"""The highest price."""
LONGEST_CURRENCY: Final = 8
DIGITS: Final = 9
"""The number of decimal places of an amount of money."""


class Rates(CheckedValue, frozen=True):
    """Prices per million tokens.

    Attributes:
        input: The price of fresh tokens of a prompt: those that were not in the prefix cache.
        cached: The price of cached tokens of a prompt.
        output: The price of the tokens of a reply.
        currency: The currency, such as "USD". Default: "USD".

    Raises:
        ValueError: If a price is not a number from 0 to 1,000,000, or the currency is no short
            text.

    >>> Rates(input=0.40, cached=0.10, output=1.60).cost(Usage(1_000_000, 0, 500_000))
    0.25
    """

    input: float
    cached: float
    output: float
    currency: str = "USD"

    def __post_init__(self) -> None:
        for name in PRICES:
            number(f"rates.{name}", getattr(self, name), 0, MOST)
        given: object = self.currency
        if not (isinstance(given, str) and given.isprintable() and given.strip() == given != ""):
            raise ValueError(must_be("rates.currency", "a text such as 'USD'", given))
        if len(given) > LONGEST_CURRENCY:
            what = f"a text of at most {LONGEST_CURRENCY} characters"
            raise ValueError(must_be("rates.currency", what, given))

    def cost(self, usage: Usage) -> float:
        """Return the price of some tokens, rounded to a billionth of the currency."""
        fresh = usage.prompt_tokens - usage.cached_tokens
        used = zip(PRICES, (fresh, usage.cached_tokens, usage.completion_tokens), strict=True)
        cost: float = sum(getattr(self, name) * tokens for name, tokens in used) / PER
        return round(cost, DIGITS)

    def total(self, usages: Iterable[Usage]) -> float:
        """Return the price of the tokens of several replies."""
        return self.cost(total_usage(usages))


def total_usage(usages: Iterable[Usage]) -> Usage:
    """Return the tokens of several replies together."""
    prompt = completion = cached = 0
    for one in usages:
        prompt += one.prompt_tokens
        completion += one.completion_tokens
        cached += one.cached_tokens
    return Usage(prompt, completion, cached)


PRICES: Final = ("input", "cached", "output")
RATES: Final[Mapping[str, Rates]] = {
    "example": Rates(input=0.40, cached=0.10, output=1.60, currency="USD"),
}
"""Rates by name: those in the vendor's OpenAPI description, as an example."""
RATES_AS_TEXT: Final = "three prices such as 0.4:0.1:1.6, for fresh, cached and output tokens"
RATES_OR_FILE: Final = f"Rates, {RATES_AS_TEXT}, or a file in TOML, JSON or YAML"
PARTS: Final = tuple((f"the price of {name} tokens", 0, MOST) for name in PRICES)


def rates_of(given: object) -> Rates:
    """Return rates that are given as Rates, by name, as text such as "0.4:0.1:1.6", or in a file.

    Args:
        given: The rates. A text that is neither a name nor prices is the path of a file with the
            keys `input`, `cached`, `output` and `currency`.

    Raises:
        ValueError: If they are anything else, or the file cannot be read. The message names it.
        TypeError: If it is of another type.

    >>> rates_of("0.4:0.1:1.6") == rates_of("example")
    True
    """
    if isinstance(given, Rates):
        return given
    check_path("rates", given, hint=f"; give {RATES_OR_FILE}")
    assert isinstance(given, str | Path)
    if PurePath(given).suffix in READERS:
        return read_rates(given)
    return parse_rates(str(given))


def parse_rates(text: str) -> Rates:
    """Return the rates that a text gives by name or by prices, which may have `/` in between.

    Raises:
        ValueError: If it gives no rates.
    """
    if text in RATES:
        return RATES[text]
    parts = text.replace("/", ":").split(":")
    try:
        fresh, cached, output = map(float, parts)
        return Rates(fresh, cached, output)
    except ValueError:
        words = unknown("rates", text, RATES, alternative=RATES_OR_FILE)
        wrong = wrong_part(parts, PARTS) if len(parts) == len(PARTS) else ""
        raise ValueError(words + wrong) from None


def read_rates(path: str | Path) -> Rates:
    """Return the rates in a file.

    Args:
        path: A file in TOML, JSON or YAML, by its extension, with the keys `input`, `cached`,
            `output` and `currency`, or with a table `rates` that has them.

    Raises:
        ValueError: If the file cannot be read, or has no rates. The message names it.
    """
    name = escaped(str(path))
    try:
        document = _document(path)
        return _rates(document.get("rates", document) if isinstance(document, dict) else document)
    except (OSError, ValueError) as error:
        reason = f"cannot be read: {error.strerror}" if isinstance(error, OSError) else str(error)
        named = reason if reason.startswith(name) else f"{name}: {reason}"
        raise ValueError(named) from error


def _document(path: str | Path) -> Any:
    suffix = PurePath(path).suffix
    if suffix not in READERS:
        raise ValueError(unknown("file extension", suffix, READERS))
    from mock_electron.scripts.files import read_bounded  # for rates in a file only

    return READERS[suffix](read_bounded(str(path)), str(path))


def _toml(data: bytes, _name: str) -> Any:
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except ValueError as error:
        kind = "UTF-8" if isinstance(error, UnicodeDecodeError) else "TOML"
        raise ValueError(f"invalid {kind}: {error}") from error


def _script_document(data: bytes, name: str) -> Any:
    from mock_electron.scripts.source import parse  # it reads YAML and JSON within limits

    return parse(data, name).document


def _rates(document: Any) -> Rates:
    if not isinstance(document, dict):
        raise ValueError(must_be("rates", f"a table with {', '.join(PRICES)}", document))
    for key in document:
        if key not in Rates.__struct_fields__:
            raise ValueError(f"unknown key {echoed(key)}.{did_you_mean(key, KEYS)}")
    for key in PRICES:
        if key not in document:
            raise ValueError(f"{key} is missing: the price of {PER:,} tokens")
    return Rates(**document)


KEYS: Final = Rates.__struct_fields__
READERS: Final[Mapping[str, Callable[[bytes, str], Any]]] = {
    ".toml": _toml,
    **dict.fromkeys((".json", ".yaml", ".yml"), _script_document),
}
"""What reads a file, by its extension."""
