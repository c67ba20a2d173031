"""Where the contract is held against, and what is given to show it."""

import ipaddress
from dataclasses import dataclass, field
from enum import Enum
from typing import Final
from urllib.parse import urlsplit

from mock_electron.contract.clock import Clock

REQUESTS_PER_MINUTE: Final = {"standard": 10, "enterprise": 200, "unlimited": None}
"""The plans of the vendor (D, Overview), as far as the contract has to keep within them."""


class Need(Enum):
    """What a probe needs of a target beside the endpoint and a key."""

    FAULTS = "a server that obeys the header X-Mock-Electron (--faults)"
    LIMITED_KEY = "a key on the standard plan that may be driven over its limits (--limited-key)"
    FORBIDDEN_KEY = "a valid key whose plan has no Electron (--forbidden-key)"
    OTHER_KEY = "a valid key of another account (--other-key)"
    CLOCK = "a clock that can be put forward, as a fake of its own has"
    DURATION = "replies that take time, as those of a fake with a pace do"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An endpoint, and what may be done to it.

    base_url: as an OpenAI client wants it: `https://api.smallest.ai/waves/v1`.
    api_key: never shown. limited_key: one on the standard plan that may be driven over its limits.
    forbidden_key: one without access to Electron. other_key: one of another account.
    faults: whether the header X-Mock-Electron is obeyed.
    plan: standard, enterprise or unlimited: the requests a minute that are kept within; None:
    unlimited on this machine, standard elsewhere.
    clock: one that can be put forward, so that nobody waits; None: the real time.
    takes_time: False where replies are known to take none, as those of a fake on a frozen clock.
    salt: text in those prompts that must be new to the prefix cache.
    name: what reports call it instead of its URL.
    timeout: seconds without a byte after which an answer is given up.
    Raises ValueError for a URL that is none, or a plan that does not exist.
    """

    base_url: str
    api_key: str = field(repr=False)
    limited_key: str | None = field(default=None, repr=False)
    forbidden_key: str | None = field(default=None, repr=False)
    other_key: str | None = field(default=None, repr=False)
    faults: bool = False
    plan: str | None = None
    clock: Clock | None = None
    takes_time: bool = True
    salt: str = ""
    name: str = ""
    timeout: float = 60.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            example = "https://api.smallest.ai/waves/v1"
            raise ValueError(f"base_url is a URL such as {example}, not {self.base_url!r}")
        _ = parts.port  # raises ValueError for one that is none
        if parts.path.rstrip("/").endswith("/chat/completions"):
            raise ValueError("base_url ends before /chat/completions, as OpenAI's clients want it")
        if parts.query or parts.fragment:
            raise ValueError("base_url has a query or a fragment; paths are put behind it")
        if not all(key.isascii() and key.isprintable() and key == key.strip() for key in self.keys):
            raise ValueError("a key has characters that cannot stand in a header")
        if "@" in parts.netloc:
            raise ValueError("base_url has a name or a password in it; the key is given apart")
        if self.plan is not None and self.plan not in REQUESTS_PER_MINUTE:
            raise ValueError(f"plan is {', '.join(REQUESTS_PER_MINUTE)}, not {self.plan!r}")

    @property
    def address(self) -> str:
        """The name, or else the base URL."""
        return self.name or self.base_url

    @property
    def is_loopback(self) -> bool:
        """Whether the endpoint is on this machine, so that asking it costs nothing."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")

    @property
    def requests_per_minute(self) -> int | None:
        """How many requests a minute are made at most."""
        plan = self.plan or ("unlimited" if self.is_loopback else "standard")
        return REQUESTS_PER_MINUTE[plan]

    @property
    def gives(self) -> frozenset[Need]:
        """What clauses may need that this target has."""
        given = {
            Need.FAULTS: self.faults,
            Need.LIMITED_KEY: self.limited_key is not None,
            Need.FORBIDDEN_KEY: self.forbidden_key is not None,
            Need.OTHER_KEY: self.other_key is not None,
            Need.CLOCK: self.clock is not None,
            Need.DURATION: self.takes_time,  # whether it does, asking tells
        }
        return frozenset(need for need, is_given in given.items() if is_given)

    def key(self, which: str | Need | None = None) -> str:
        """The key to ask with: this one, the one for a need, or the target's own."""
        named = {
            Need.LIMITED_KEY: self.limited_key,
            Need.FORBIDDEN_KEY: self.forbidden_key,
            Need.OTHER_KEY: self.other_key,
        }
        found = named[which] if isinstance(which, Need) else which
        return self.api_key if found is None else found

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys, which must never be shown."""
        given = (self.api_key, self.limited_key, self.forbidden_key, self.other_key)
        return tuple(key for key in given if key)
