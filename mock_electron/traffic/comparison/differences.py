"""The requests that get another answer in another world."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from mock_electron.engine import record
from mock_electron.engine.exchange import Exchange
from mock_electron.inputs.values import FrozenValue


class Difference(FrozenValue, frozen=True):
    """A request that gets another answer: another status, outcome, reply, or number of tokens.

    Another time is no difference.

    Attributes:
        before: The recorded exchange.
        after: The exchange in the other world.
    """

    before: Exchange
    after: Exchange

    @property
    def number(self) -> int:
        """The number of the exchange."""
        return self.before.number

    def __str__(self) -> str:
        """Return `#3 turn 2 'Hi': 200 -> 429 concurrency; 16 -> 0 cached tokens`."""
        asked = self.before.title.rpartition(" -> ")[0]
        return f"{asked}: {'; '.join(self._parts())}"

    def to_dict(self) -> dict[str, Any]:
        """Return the number of the request, and both answers, as a dict of JSON values."""
        answers = {"before": self.before, "after": self.after}
        return {"number": self.number, **{name: _answer(one) for name, one in answers.items()}}

    def _parts(self) -> Iterator[str]:
        before, after = self.before, self.after
        if _ending(before) != _ending(after):
            yield f"{_ending(before)} -> {_ending(after)}"
        one, other = before.usage, after.usage
        if one is not None and other is not None:
            for field, name in USED.items():
                if getattr(one, field) != getattr(other, field):
                    yield f"{getattr(one, field)} -> {getattr(other, field)} {name} tokens"
        if before.reply and after.reply and before.reply.finish_reason != after.reply.finish_reason:
            yield f"{before.reply.finish_reason} -> {after.reply.finish_reason}"


USED: Final[Mapping[str, str]] = {
    "prompt_tokens": "prompt",
    "cached_tokens": "cached",
    "completion_tokens": "output",
}


def differences_between(
    before: Sequence[Exchange], after: Sequence[Exchange]
) -> tuple[Difference, ...]:
    """Return the requests that get another answer, in order."""
    recorded = {one.number: one for one in before}
    pairs = ((recorded[one.number], one) for one in after)
    return tuple(Difference(*pair) for pair in pairs if _seen(pair[0]) != _seen(pair[1]))


def _seen(exchange: Exchange) -> tuple[Any, ...]:
    """Return what counts as the answer."""
    reply = exchange.reply
    said = None if reply is None else (reply.content, reply.tool_calls, reply.finish_reason)
    return _ending(exchange), exchange.usage, said


def _ending(exchange: Exchange) -> str:
    """Return `200`, `429 concurrency`, `200, client left` or `no answer`."""
    error, outcome = exchange.error, exchange.outcome
    status = f"{exchange.status}" if exchange.status else "no answer"
    name = f" {error.name}" if error is not None else ""
    return status + name + (f", {outcome}" if outcome in ("client left", "cut by a fault") else "")


def _answer(exchange: Exchange) -> dict[str, Any]:
    return {
        "status": exchange.status,
        "outcome": exchange.outcome,
        "error": record.error(exchange.error),
        "usage": record.usage(exchange.usage),
        "time_to_first_chunk": exchange.time_to_first_chunk,
    }
