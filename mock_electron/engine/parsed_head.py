"""What the head of a request says: who asks, by which plan, and for which faults."""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.engine.arrival import Arrival, has_plain_json
from mock_electron.engine.attempts import client_of, retry_count
from mock_electron.engine.faults.requested import NONE_REQUESTED, RequestedFaults
from mock_electron.engine.keys import Account, authenticate, parse_api_key
from mock_electron.engine.memory import size_of_head
from mock_electron.engine.plan import Plan, plan_of
from mock_electron.engine.recent import Recent
from mock_electron.engine.settings import Settings
from mock_electron.model.dice import fingerprint
from mock_electron.wire.errors import ApiError, Refusal
from mock_electron.wire.headers import Headers

REMEMBERED_BYTES: Final = 1_000_000
"""The maximum size of the latest heads, in bytes."""


class ParsedHead(Struct, frozen=True):
    """The head of a request with what follows from it.

    Attributes:
        api_key: The API key; "" without a key.
        client: 16 bytes that identify the client; see `mock_electron.engine.attempts`.
        retries: How often the client has retried before, as it says itself.
        size: The memory of the head in the journal, in bytes.
        has_plain_json: Whether the body is JSON in UTF-8, and not compressed.
        has_fault_header: Whether the request has the header `X-Mock-Electron`, and it is enabled.
        requested: The faults that this header asks for; none if it is wrong or was not read.
        refused: The error for a wrong fault header or for the API key, or None.
        account: The account of the API key, or None if the key was refused.
        account_name: The id of the account in hexadecimal digits; "" if the key was refused.
        plan: The plan of the account, or None if the key was refused.
    """

    api_key: str
    client: bytes
    retries: int
    size: int
    has_plain_json: bool
    has_fault_header: bool
    requested: RequestedFaults = NONE_REQUESTED
    refused: ApiError | None = None
    account: Account | None = None
    account_name: str = ""
    plan: Plan | None = None


class ParsedHeads:
    """Parses the heads of requests, and keeps the latest: a client sends equal ones.

    Args:
        settings: The settings of the lane.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._recent: Recent[tuple[str, str, str, Headers], ParsedHead] = Recent(REMEMBERED_BYTES)

    def of(self, arrival: Arrival) -> ParsedHead:
        """Return what the head of a request says."""
        key = arrival.authorization, arrival.fault_header, arrival.content_type, arrival.headers
        found = self._recent.get(key)
        if found is None:
            found = parse_head(arrival, self._settings)
            self._recent.add(key, found, found.size)
        return found


def parse_head(arrival: Arrival, settings: Settings) -> ParsedHead:
    """Return what the head of a request says.

    Args:
        arrival: The request.
        settings: The settings of the lane.
    """
    key = parse_api_key(arrival.authorization)
    known = ParsedHead(
        key,
        client_of(arrival.headers),
        retry_count(arrival.headers),
        size_of_head(arrival),
        has_plain_json(arrival),
        bool(arrival.fault_header) and settings.fault_header,
    )
    try:
        if known.has_fault_header:
            known = replace(known, requested=_requested_faults(key, arrival.fault_header))
        account = authenticate(arrival.authorization, settings.api_keys, settings.accounts)
    except Refusal as refusal:
        return replace(known, refused=refusal.error)
    plan = account.plan or plan_of(settings.plan)
    return replace(known, account=account, account_name=account.id.hex(), plan=plan)


def _requested_faults(key: str, text: str) -> RequestedFaults:
    """Return the faults that a header asks for, with the key of their counter.

    Raises:
        Refusal: If the header is wrong.
    """
    # Imported here: a server without faults needs none of the fault classes.
    from mock_electron.engine.faults.header import parse_header

    requested = parse_header(text)
    if requested.times is None:
        return requested
    return replace(requested, counter=fingerprint(key.encode(), text.encode()))
