"""The exchanges of a lane as a test reads them: an immutable sequence with filters and exports."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar, Final, Never, SupportsIndex, Unpack, overload

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.settings import Settings
from mock_electron.inputs.attributes import SuggestsNames
from mock_electron.inputs.checks import check_path, must_be
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.inputs.spelling import echoed, unknown
from mock_electron.outputs.files import write_file
from mock_electron.traffic.comparison.other_world import OtherWorld
from mock_electron.traffic.filters import ExchangeConditions, ExchangePredicate, chosen
from mock_electron.traffic.lines import counted, listing

if TYPE_CHECKING:
    from mock_electron.traffic.comparison.what_if import WhatIf


class Exchanges(SuggestsNames, Sequence[Exchange]):
    """Requests and their answers, in order of arrival.

    Printed, they have one line each.

    Attributes:
        dropped: The number of older exchanges that the journal no longer has.
        url: The URL of the lane.
        others: The requests of the lane for other paths than the chat endpoint. They are not part
            of the sequence. A filter and a slice have none.
        settings: The settings of the lane when the exchanges were read.

    Example:
        assert electron.exchanges.texts == ["Hi!"]
        assert electron.exchanges.where(tool="get_weather").last.status == 200
    """

    _set_once = ("dropped", "url", "others", "settings")
    _right_forms: ClassVar[Mapping[str, str]] = {
        "first": "exchanges[0]",
        "latest": "exchanges.last",
    }

    def __init__(
        self,
        exchanges: Sequence[Exchange] = (),
        dropped: int = 0,
        url: str = "",
        others: Sequence[Exchange] = (),
        settings: Settings | None = None,
    ) -> None:
        self._exchanges = tuple(exchanges)
        self.dropped = dropped
        self.settings: Settings = settings or Settings()
        self.url = url
        self.others: tuple[Exchange, ...] = tuple(others)
        self._is_part = False

    @property
    def with_others(self) -> "Exchanges":
        """The exchanges and the requests for other paths, in order of arrival.

        Example:
            print(electron.exchanges.with_others)
        """
        every = sorted((*self._exchanges, *self.others), key=lambda exchange: exchange.number)
        return self._with(every)

    # --- sequence

    @overload
    def __getitem__(self, index: SupportsIndex) -> Exchange: ...
    @overload
    def __getitem__(self, index: "slice[int | None, int | None, int | None]") -> "Exchanges": ...
    def __getitem__(
        self, index: "SupportsIndex | slice[int | None, int | None, int | None]"
    ) -> "Exchange | Exchanges":
        if isinstance(index, slice):
            return self._with(self._exchanges[index])
        if not hasattr(index, "__index__"):
            what = "an integer or a slice; where(…) selects by conditions"
            raise TypeError(must_be("the index of an exchange", what, index))
        try:
            return self._exchanges[index]
        except IndexError:
            raise IndexError(f"no exchange at index {index!r}; {self._known}") from None

    @property
    def _known(self) -> str:
        """The end of the message about a wrong index."""
        if self:
            return f"there are {len(self)}:\n{listing(self)}"
        if self._is_part:
            return "there are 0: no exchange was selected"
        where = f" at {self.url}" if self.url else ""
        others = f"; others has {counted(len(self.others), 'request')}" if self.others else ""
        return f"there are 0: no request for the chat endpoint{where} was received{others}"

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self._exchanges)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Exchanges | tuple | list):
            return self._exchanges == tuple(other)
        return NotImplemented

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # equal to lists, which have no hash

    def __repr__(self) -> str:
        failed = f", {len(self.failed)} failed" if self.failed else ""
        latest = f"; the latest: {self[-1]}" if self else ""
        return f"<{counted(len(self), 'exchange')}{failed}{latest}>"

    def __str__(self) -> str:
        return f"{counted(len(self), 'exchange')}\n{listing(self)}"

    # --- filters

    def where(
        self,
        predicate: ExchangePredicate | None = None,
        /,
        *misplaced: Never,
        **conditions: Unpack[ExchangeConditions],
    ) -> "Exchanges":
        """Return the exchanges that meet all conditions.

        The conditions of `electron.when` apply to the request: `says`, `system`, `anywhere`,
        `turn`, `user_turn`, `attempt`, `tools`, `after_tool`, `call_id`, `tool_result`, `stream`,
        `headers`, `api_key`, `parameters`.

        Args:
            predicate: A function that takes the exchange and returns whether to keep it.
            *misplaced: Nothing: conditions are given by name.
            **conditions: Conditions on the request, and these on the answer:
                `tool` (the reply calls this tool), `text` (contained in the text of the reply),
                `status`, `error` (its name or type), `outcome`, `answered_by`, `step` and
                `too_early` (equal to the attribute of the exchange).

        Raises:
            TypeError: If a condition is unknown.
            ValueError: If the value of a condition is wrong.

        Example:
            electron.exchanges.where(tool="get_weather")
            electron.exchanges.where(says="weather", status=503)
        """
        if misplaced:
            what = "one function of the exchange, and conditions by name, such as status=503"
            raise TypeError(f"where() accepts {what}, got {', '.join(map(echoed, misplaced))} too")
        return self._with(chosen(self._exchanges, predicate, conditions))

    @property
    def failed(self) -> "Exchanges":
        """The exchanges without a complete reply, except those whose client left.

        These are errors and broken answers.
        """
        return self._with([exchange for exchange in self._exchanges if exchange.failed])

    @property
    def last(self) -> Exchange:
        """The latest exchange.

        Raises:
            IndexError: If there is no exchange.

        Example:
            assert electron.exchanges.last.status == 200
        """
        return self[-1]

    @property
    def texts(self) -> list[str]:
        """The texts of the replies, without replies that have no text.

        Example:
            assert electron.exchanges.texts == ["One moment…", "It is 31 °C."]
        """
        return [exchange.text for exchange in self._exchanges if exchange.text is not None]

    # --- another world

    def what_if(self, *misplaced: Never, **changes: Unpack[OtherWorld]) -> "WhatIf[Exchanges]":
        """Return what would have happened to the same requests in another world.

        The engine executes them again, and the model says what it said. Exact except for what the
        clients would have done differently.

        Args:
            *misplaced: Nothing: what is different is given by name.
            **changes: What is different there; see `OtherWorld`. Nothing: the same world.

        Raises:
            TypeError: If there is no such option.
            ValueError: If an option has a wrong value, or no request has the text that is moved.

        Example:
            assert electron.exchanges.what_if(plan="50/2").after.refused == ()
        """
        from mock_electron.traffic.comparison.what_if import (
            what_if,  # for tests that compare worlds
        )

        if misplaced:
            given = ", ".join(map(echoed, misplaced))
            raise TypeError(
                f"what_if() takes what is different by name, such as plan='50/2', got {given}"
            )
        last = max((one.number for one in self), default=0)
        others = sum(one.number < last for one in self.others)
        return what_if(self, self.settings, others, changes, self._in_another_world)

    def _in_another_world(self, exchanges: Sequence[Exchange], settings: Settings) -> "Exchanges":
        return Exchanges(exchanges, self.dropped, self.url, settings=settings)

    def _with(self, exchanges: Sequence[Exchange]) -> "Exchanges":
        part = Exchanges(exchanges, self.dropped, self.url, settings=self.settings)
        part._is_part = True
        return part

    # --- exports

    @checked_keywords
    def json_lines(self) -> str:
        """Return one JSON object per exchange, one per line, with the requests for other paths.

        Example:
            print(electron.exchanges.json_lines())
        """
        from mock_electron.traffic.exports.json_lines import json_lines

        return json_lines(self.with_others, self.settings)

    @checked_keywords
    def har(self) -> str:
        """Return an HTTP Archive, for browsers and proxies, with the requests for other paths.

        Example:
            print(electron.exchanges.har())
        """
        from mock_electron.traffic.exports.har import har

        return har(self.with_others, self.url)

    @checked_keywords
    def script(self) -> str:
        """Return a script file in YAML that gives the same answers again.

        Example:
            print(electron.exchanges.script())
        """
        from mock_electron.scripts.writer import write
        from mock_electron.traffic.exports.recording import recorded_steps

        return write(recorded_steps(self))

    @checked_keywords(advice="Write save('story.yaml').")
    def save(self, path: str | Path) -> None:
        """Write the exchanges to a file, in the format of its extension, completely or not at all.

        Args:
            path: The file: a script (.yaml, .yml), an HTTP Archive (.har) or JSON lines (.jsonl).

        Raises:
            ValueError: If the extension is unknown.
            TypeError: If the argument is not a path.
            OSError: If the file cannot be written. An earlier file of that name stays as it was.

        Example:
            electron.exchanges.save("fixtures/story.yaml")
        """
        check_path("path", path, hint="; write save('story.yaml')")
        extension = PurePath(path).suffix
        if extension not in FORMATS:
            raise ValueError(f"{path}: {unknown('file extension', extension, FORMATS)}")
        write_file(path, FORMATS[extension](self))


def exchanges_of(
    journal: Sequence[Exchange], dropped: int, url: str, settings: Settings
) -> Exchanges:
    """Return the exchanges of a journal, with the requests for other paths apart.

    Args:
        journal: The exchanges, in order of arrival.
        dropped: The number of older exchanges that the journal no longer has.
        url: The URL of the lane.
        settings: The settings of the lane.
    """
    chats = [exchange for exchange in journal if exchange.is_chat]
    others = [exchange for exchange in journal if not exchange.is_chat]
    return Exchanges(chats, dropped, url, others, settings)


FORMATS: Final = {
    ".yaml": Exchanges.script,
    ".yml": Exchanges.script,
    ".har": Exchanges.har,
    ".jsonl": Exchanges.json_lines,
}
"""The export for each file extension."""
