"""The exchanges of a lane as a test reads them: a sequence that never changes, with filters."""

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import ClassVar, Final, SupportsIndex, Unpack, overload

from mock_electron.engine.exchange import Exchange
from mock_electron.inputs.spelling import SuggestsNames, did_you_mean
from mock_electron.traffic.filters import ExchangeConditions, ExchangePredicate, chosen
from mock_electron.traffic.lines import listing


class Exchanges(SuggestsNames, Sequence[Exchange]):
    """What was asked and what was answered, in order of arrival.

    dropped: how many older ones the journal no longer has. url: where the lane answered.

    assert electron.exchanges.texts == ["Hi!"]
    assert electron.exchanges.where(tool="get_weather").last.status == 200
    """

    def __init__(self, exchanges: Sequence[Exchange] = (), dropped: int = 0, url: str = "") -> None:
        self._exchanges = tuple(exchanges)
        self.dropped = dropped
        self.url = url

    # --- a sequence

    @overload
    def __getitem__(self, index: SupportsIndex) -> Exchange: ...
    @overload
    def __getitem__(self, index: "slice[int | None, int | None, int | None]") -> "Exchanges": ...
    def __getitem__(
        self, index: "SupportsIndex | slice[int | None, int | None, int | None]"
    ) -> "Exchange | Exchanges":
        if isinstance(index, slice):
            return self._some(self._exchanges[index])
        try:
            return self._exchanges[index]
        except IndexError:
            words = f"there is no exchange {index!r}; there are {len(self)}:\n{listing(self)}"
            raise IndexError(words) from None

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self._exchanges)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Exchanges | tuple | list):
            return self._exchanges == tuple(other)
        return NotImplemented

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # it holds headers and bodies

    def __repr__(self) -> str:
        return f"<{len(self)} exchange{'' if len(self) == 1 else 's'}>\n{listing(self)}"

    # --- filters

    def where(
        self,
        predicate: ExchangePredicate | None = None,
        /,
        **conditions: Unpack[ExchangeConditions],
    ) -> "Exchanges":
        """Those for which all that is given holds.

        predicate: a function of the exchange. Of the request, the conditions of `electron.when`.
        tool: the reply calls it. text: in what it says. status, error, outcome, answered_by, step,
        attempt: as the exchange has them; an error by its name or type. Raises TypeError for a
        condition that does not exist.

        electron.exchanges.where(tool="get_weather")
        electron.exchanges.where(says="weather", status=503)
        """
        return self._some(chosen(self._exchanges, predicate, conditions))

    @property
    def failed(self) -> "Exchanges":
        """Those whose client got no whole reply, and did not leave: errors, and broken answers."""
        return self._some([exchange for exchange in self._exchanges if exchange.failed])

    @property
    def last(self) -> Exchange:
        """The latest.

        Raises IndexError where there is none.

        assert electron.exchanges.last.status == 200
        """
        return self[-1]

    @property
    def texts(self) -> list[str]:
        """What was said, reply by reply; one without words is left out.

        assert electron.exchanges.texts == ["One moment…", "It is 31 °C."]
        """
        return [exchange.text for exchange in self._exchanges if exchange.text is not None]

    def _some(self, exchanges: Sequence[Exchange]) -> "Exchanges":
        return Exchanges(exchanges, self.dropped, self.url)

    # --- exports

    def json_lines(self) -> str:
        """One JSON object a line.

        print(electron.exchanges.json_lines())
        """
        from mock_electron.traffic.exports.json_lines import json_lines

        return json_lines(self)

    def har(self) -> str:
        """An HTTP Archive, as browsers and proxies read it.

        print(electron.exchanges.har())
        """
        from mock_electron.traffic.exports.har import har

        return har(self, self.url)

    def script(self) -> str:
        """A script file that would answer the same again, in YAML.

        print(electron.exchanges.script())
        """
        from mock_electron.scripts.writer import write
        from mock_electron.traffic.exports.recording import recorded

        return write(recorded(self))

    def save(self, path: str | Path) -> None:
        """Write a file: a script (.yaml, .yml), an HTTP Archive (.har), JSON lines (.jsonl).

        Raises ValueError for another ending; OSError where it cannot be written.

        electron.exchanges.save("fixtures/story.yaml")
        """
        ending = PurePath(path).suffix
        if ending not in FORMATS:
            hint = did_you_mean(ending, FORMATS)
            raise ValueError(f"{path}: the ending is one of {', '.join(FORMATS)}.{hint}")
        Path(path).write_text(FORMATS[ending](self), encoding="utf-8", newline="\n")


FORMATS: Final = {
    ".yaml": Exchanges.script,
    ".yml": Exchanges.script,
    ".har": Exchanges.har,
    ".jsonl": Exchanges.json_lines,
}
"""What a file's ending says of its content."""
