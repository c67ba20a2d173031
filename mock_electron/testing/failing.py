"""How an assertion of `electron` fails: its message, the exchanges, and hints."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FrameType
from typing import Final, NoReturn

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.lane import Lane
from mock_electron.engine.summary import MAX_EXCERPT
from mock_electron.inputs.attributes import SuggestsNames
from mock_electron.inputs.spelling import echoed
from mock_electron.testing.hints import function_hint, header_hint, limit_hint, waiting_hint
from mock_electron.testing.no_requests import Stray, base_url_question, hints
from mock_electron.testing.unawaited import calling_frames, unawaited
from mock_electron.traffic.exchanges import Exchanges, exchanges_of
from mock_electron.traffic.lines import counted, listing, older_dropped

SECRET: Final = ("api_key", "headers")
"""The conditions whose values messages do not show."""
NO_REQUEST: Final = "no request was received"
DROPPED: Final = "the journal has dropped {}; see journal_exchanges and journal_bytes"
NO_CHAT_REQUEST: Final = "no request for the chat endpoint was received"


def nowhere() -> Iterable[Stray]:
    """Return no stray requests, for a server with a single lane."""
    return ()


class FailsWithExchanges(SuggestsNames):
    """Base of the assertions of `electron`."""

    _url: str
    _name: str = "electron"
    _has_read_address: bool = False
    _has_fixed_address: bool = False
    _lane: Lane
    _strays: Callable[[], Iterable[Stray]]

    @property
    @abstractmethod
    def exchanges(self) -> Exchanges:
        """The requests and their answers, in order of arrival."""

    @property
    def exchanges_so_far(self) -> Exchanges:
        """The exchanges as they are now, without waiting for those in flight.

        Example:
            assert electron.exchanges_so_far.last.outcome == "in flight"
        """
        return exchanges_of(
            self._lane.peek(), self._lane.journal.dropped, self._url, self._lane.settings
        )

    @property
    def other_requests(self) -> Exchanges:
        """The requests for other paths than the chat endpoint, such as `GET /models`.

        They are not in `electron.exchanges`, and no assertion counts them.

        Example:
            assert electron.other_requests.last.path == "/waves/v1/models"
        """
        return Exchanges(self.exchanges.others, 0, self._url)

    @property
    def _dropped(self) -> str:
        """What the journal has dropped, as a message says it, or ""."""
        dropped = self.exchanges_so_far.dropped
        return DROPPED.format(counted(dropped, "older exchange")) if dropped else ""

    def _require_all(self, expected: str) -> None:
        """Fail if the journal has dropped exchanges: nobody knows whether the assertion holds."""
        __tracebackhide__ = True
        if self._dropped:
            self._fail(f"{expected}, but {self._dropped}")

    def _require_requests(self, expected: str) -> None:
        """Fail if no request for the chat endpoint was received."""
        __tracebackhide__ = True
        if not self.exchanges:
            self._fail(f"{expected}, but {self._no_request}")

    @property
    def _no_request(self) -> str:
        if self._dropped:
            return self._dropped
        return NO_CHAT_REQUEST if self.exchanges_so_far.others else NO_REQUEST

    def _with(self, conditions: Mapping[str, object]) -> str:
        """Return the conditions as a message shows them, such as ` with turn=3`, or ""."""
        given = ", ".join(
            f"{name}={'…' if name in SECRET else self._written(value)}"
            for name, value in conditions.items()
        )
        return f" with {given}" if given else ""

    def _written(self, value: object) -> str:
        """Return the value of a condition as a message shows it."""
        return echoed(value, MAX_EXCERPT)

    def _fail(self, message: str, checked: Sequence[Exchange] | None = None) -> NoReturn:
        """Raise AssertionError with all exchanges and hints.

        Args:
            message: What is wrong.
            checked: The exchanges that were checked, which are marked. None means all.
        """
        __tracebackhide__ = True
        so_far = self.exchanges_so_far
        every = so_far.with_others
        numbers = {exchange.number for exchange in checked or ()}
        is_part = bool(numbers) and len(numbers) < len(every)
        title = "Exchanges (> marks those that were checked):" if is_part else "Exchanges:"
        shown = [message]
        if every:
            shown += [title, listing(every, numbers if is_part else ())]
        if so_far.dropped:
            shown.append(f"  ({older_dropped(so_far.dropped)})")
        shown += [f"Hint: {hint}" for hint in request_hints(self, calling_frames())]
        raise AssertionError("\n".join(shown))


def request_hints(
    electron: FailsWithExchanges,
    frames: Iterable[FrameType],
    known: Sequence[str] = (),
    test: object = None,
) -> list[str]:
    """Return possible reasons why no request arrived, or why requests were answered as they were.

    Args:
        electron: The lane.
        frames: The frames of the test.
        known: Reasons that are known already. With one, the base URL is not doubted.
        test: The function of the test, if it may have ended already.
    """
    so_far, journal, name = electron.exchanges_so_far, electron._lane.journal, electron._name
    if so_far:
        lane = electron._lane
        advice = [limit_hint(lane, so_far, name), waiting_hint(lane)]
        advice += [header_hint(lane, so_far), function_hint(so_far)]
        return list(filter(None, advice))
    if so_far.dropped:
        return ["the journal dropped all requests: see journal_exchanges and journal_bytes"]
    if journal.forgotten and not so_far.others:
        return [f"{counted(journal.forgotten, 'request')} arrived before {name}.reset()"]
    url = electron._url
    waiting = list(unawaited(frames, test=test))
    reasons = hints(url, so_far.others, electron._strays(), name)
    found = [*(one.hint for one in waiting), *reasons]
    if known or reasons or any(one.may_send for one in waiting):
        return found
    if electron._has_read_address or electron._has_fixed_address:
        doubt = "did the test send a request, and await it? If it did, "
    else:
        doubt = f"the test has not read {name}.base_url: "
    return [*found, doubt + base_url_question(url, name)]
