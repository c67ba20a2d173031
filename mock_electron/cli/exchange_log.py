"""A line of the log for each exchange, and for each refusal of a strict lane.

An exchange is logged when its answer has ended: at the level info, or as a warning if a strict lane
has refused it. A lane of which no exchange would be logged is not observed, so that its requests
take no more time.
"""

import logging
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from mock_electron.engine.clock import timestamp
from mock_electron.wire.errors import NOT_SCRIPTED

if TYPE_CHECKING:
    from mock_electron.engine.entry import Record
    from mock_electron.engine.exchange import Exchange
    from mock_electron.engine.lane import Lane
    from mock_electron.serve.server import Server

logger: Final = logging.getLogger("mock_electron.exchanges")


def log_exchanges(server: "Server", *, warn: bool = True) -> None:
    """Log the exchanges of all lanes of a server, also of those that are opened later.

    Args:
        server: The server.
        warn: Whether refusals of strict lanes are warnings.
    """
    refused = logging.WARNING if warn else logging.INFO

    def follow(name: str, lane: "Lane") -> None:
        if logger.isEnabledFor(refused if lane.settings.strict else logging.INFO):
            lane.journal.observe(partial(_log, name, refused))

    server.app.lanes.observe(follow)


def _log(name: str, refused: int, record: "Record") -> None:
    if record.ending is None:
        return
    error = record.entry.outline.error
    is_refusal = error is not None and error.name == NOT_SCRIPTED.name
    level = refused if is_refusal else logging.INFO
    if logger.isEnabledFor(level):
        from mock_electron.engine.recorded import exchange_of_record  # when the first is logged

        exchange = exchange_of_record(record)
        logger.log(level, "%s", _line(name, exchange), extra={"fields": fields(name, exchange)})


def _line(name: str, exchange: "Exchange") -> str:
    ids = f"{exchange.duration:g} s, {exchange.request_id or 'no request id'}"
    return f"{timestamp(exchange.arrived_at)} {name} {exchange} | {ids}"


def fields(name: str, exchange: "Exchange") -> dict[str, Any]:
    """Return the fields of an exchange for a log in JSON.

    Args:
        name: The name of the lane.
        exchange: The exchange.
    """
    usage = exchange.usage
    return {
        "time": timestamp(exchange.arrived_at),
        "lane": name,
        "exchange": exchange.number,
        "method": exchange.method,
        "path": exchange.path,
        "status": exchange.status,
        "error": exchange.error.name if exchange.error else None,
        "answered_by": exchange.answered_by,
        "step": exchange.step,
        "prompt_tokens": usage and usage.prompt_tokens,
        "cached_tokens": usage and usage.cached_tokens,
        "completion_tokens": usage and usage.completion_tokens,
        "duration": exchange.duration,
        "time_to_first_chunk": exchange.time_to_first_chunk,
        "outcome": exchange.outcome,
        "request_id": exchange.request_id,
        "message": str(exchange),
    }
