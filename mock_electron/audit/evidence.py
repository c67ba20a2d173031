"""`Evidence`: what the rules of an audit see. What several rules need is computed once."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from mock_electron.audit.attempts import Chain, chains_of
from mock_electron.audit.thresholds import Thresholds
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.keys import plan_of_account
from mock_electron.engine.plan import Plan, plan_of
from mock_electron.engine.settings import Settings
from mock_electron.traffic.conversations import Conversations, conversations_of
from mock_electron.traffic.exchanges import Exchanges
from mock_electron.traffic.rates import Rates
from mock_electron.wire.request import ChatRequest


class Evidence:
    """What the rules of an audit see.

    Attributes:
        exchanges: The exchanges of the chat endpoint, in order of arrival.
        settings: The settings of their lane.
        thresholds: The figures by which the rules judge.
        logs: The text of the client's log, or None if no log was given.
        rates: What tokens cost, or None if it is not known.
    """

    def __init__(
        self,
        exchanges: Exchanges,
        thresholds: Thresholds | None = None,
        logs: str | None = None,
        rates: Rates | None = None,
    ) -> None:
        self.exchanges: Exchanges = exchanges
        self.settings: Settings = exchanges.settings
        self.thresholds: Thresholds = thresholds or Thresholds()
        self.logs: str | None = logs
        self.rates: Rates | None = rates

    @cached_property
    def requests(self) -> dict[int, ChatRequest | None]:
        """The parsed request of each exchange by its number; None if it is not valid."""
        return {one.number: one.request for one in self.exchanges}

    @cached_property
    def valid(self) -> Sequence[tuple[Exchange, ChatRequest]]:
        """The exchanges with a valid request, and the request."""
        found = ((one, self.requests[one.number]) for one in self.exchanges)
        return [(one, request) for one, request in found if request is not None]

    @cached_property
    def plans(self) -> Mapping[str, Plan]:
        """The plan of each account: that of its keys, or that of the lane."""
        lane, groups = plan_of(self.settings.plan), self.settings.accounts
        accounts = dict.fromkeys(one.account for one in self.exchanges)
        return {account: plan_of_account(account, groups) or lane for account in accounts}

    @cached_property
    def conversations(self) -> Conversations:
        """The conversations, and which exchange continues which."""
        return conversations_of(self.exchanges, self.requests)

    @cached_property
    def begun(self) -> Mapping[int, int]:
        """The number of the conversation of each exchange with a valid request, by its number."""
        return {
            one.number: conversation.number
            for conversation in self.conversations.all
            for one in conversation.exchanges
        }

    @cached_property
    def chains(self) -> Sequence[Chain]:
        """The requests that failed, with their retries."""
        return chains_of(self.exchanges, self.thresholds.retry_within)

    @cached_property
    def pauses_are_known(self) -> bool:
        """Whether the pauses of the client are known: by a real clock, or by the monotonic one.

        A file has no monotonic clock: there, both show the same.
        """
        return self.times_are_real or any(
            one.monotonic.arrived not in (None, one.arrived_at) for one in self.exchanges
        )

    @property
    def times_are_real(self) -> bool:
        """Whether the times between requests are those of the client.

        A frozen clock moves only when a test advances it or a paced reply takes time.
        """
        return self.settings.clock == "real"
