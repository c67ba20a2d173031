"""What the requests of one world add up to."""

from collections.abc import Iterable, Sequence
from math import ceil
from statistics import median
from typing import Any, Final, Generic, TypeVar

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.settings import Settings
from mock_electron.inputs.values import FrozenValue
from mock_electron.traffic.rates import Rates, total_usage
from mock_electron.wire.reply import Usage

Requests = TypeVar("Requests", bound=Sequence[Exchange])
TOO_MANY: Final = 429


class World(FrozenValue, Generic[Requests], frozen=True):
    """The requests of one world with their answers, and what they add up to.

    Attributes:
        exchanges: The requests and their answers. They can be filtered, saved and audited.
        settings: The settings of the lane.
        refused: The numbers of the requests that got a 429.
        failed: The numbers of all requests that got no complete reply, those included.
        ttft_median: The median of the seconds from a request to the first token; None without a
            reply.
        ttft_p95: The time within which 95 of 100 requests got their first token.
        usage: All tokens of the prompts, of the replies, and those from the prefix cache.
        cost: What they cost.
    """

    exchanges: Requests
    settings: Settings
    refused: tuple[int, ...]
    failed: tuple[int, ...]
    ttft_median: float | None
    ttft_p95: float | None
    usage: Usage
    cost: float

    @property
    def fresh_tokens(self) -> int:
        """Tokens of the prompts that were not in the prefix cache."""
        return self.usage.prompt_tokens - self.usage.cached_tokens

    @property
    def cached_tokens(self) -> int:
        """Tokens of the prompts that came from the prefix cache."""
        return self.usage.cached_tokens

    @property
    def completion_tokens(self) -> int:
        """Tokens of the replies that were generated."""
        return self.usage.completion_tokens

    @property
    def hit_rate(self) -> float:
        """The fraction of the prompt tokens that came from the prefix cache."""
        return self.usage.cached_tokens / (self.usage.prompt_tokens or 1)

    def to_dict(self) -> dict[str, Any]:
        """Return the sums as a dict of JSON values."""
        return {
            "requests": len(self.exchanges),
            "refused": list(self.refused),
            "failed": list(self.failed),
            "ttft_median": self.ttft_median,
            "ttft_p95": self.ttft_p95,
            "prompt_tokens": self.usage.prompt_tokens,
            "fresh_tokens": self.fresh_tokens,
            "cached_tokens": self.cached_tokens,
            "completion_tokens": self.completion_tokens,
            "hit_rate": round(self.hit_rate, 6),
            "cost": self.cost,
        }


def world_of(exchanges: Requests, settings: Settings, rates: Rates) -> World[Requests]:
    """Return what some requests add up to."""
    replied = [one for one in exchanges if one.reply is not None]
    times = sorted(_times(one.time_to_first_chunk for one in replied))
    usage = total_usage(filter(None, (one.usage for one in replied)))
    return World(
        exchanges,
        settings,
        tuple(one.number for one in exchanges if one.status == TOO_MANY),
        tuple(one.number for one in exchanges if one.failed),
        round(median(times), 6) if times else None,
        p95(times),
        usage,
        rates.cost(usage),
    )


def _times(times: Iterable[float | None]) -> list[float]:
    return [time for time in times if time is not None]


def p95(ordered: Sequence[float]) -> float | None:
    """Return the smallest of some ordered times that 95 of 100 do not exceed; None without any."""
    return ordered[ceil(0.95 * len(ordered)) - 1] if ordered else None
