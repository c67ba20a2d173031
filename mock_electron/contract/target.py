"""A target: the endpoint that the contract is checked against, and what it provides."""

import ipaddress
from collections.abc import Collection
from enum import Enum
from itertools import combinations
from typing import ClassVar, Final
from urllib.parse import urlsplit

from mock_electron.contract.clock import Clock
from mock_electron.inputs import checks
from mock_electron.inputs.checks import must_be
from mock_electron.inputs.spelling import unknown
from mock_electron.inputs.values import SecretValue

REQUESTS_PER_MINUTE: Final = {"standard": 10, "enterprise": 200, "unlimited": None}
"""The vendor's plans (D, Overview), and the limits that a run keeps within."""
KEYS: Final = ("api_key", "limited_key", "forbidden_key", "other_key")
"""The fields of a target that are keys."""
PURPOSES: Final = {
    "limited_key": "a key that is used for nothing else",
    "forbidden_key": "a valid key without access to Electron",
    "other_key": "the key of another account",
}
"""What the optional keys must be."""
CHAT: Final = "/chat/completions"
"""Path of the chat endpoint, below the base URL."""
BUILT_IN: Final = "the built-in fake"
"""Name of the fake that a run starts itself: its URL has another port in every run."""
EXAMPLE_URL: Final = "https://api.smallest.ai/waves/v1"


class Need(Enum):
    """What a probe needs from a target, besides the endpoint and a key."""

    FAULTS = "a server that obeys the header X-Mock-Electron (--faults)"
    LIMITED_KEY = "a standard-plan key that may exceed its limits (--limited-key)"
    FORBIDDEN_KEY = "a valid key without access to Electron (--forbidden-key)"
    OTHER_KEY = "a valid key of another account (--other-key)"
    CLOCK = "a clock that can be advanced, as the built-in fake has"
    DURATION = "replies that take time; run it against a fake with a pace and a real clock"


class Target(SecretValue, frozen=True, kw_only=True):
    """An endpoint, and what a run may do with it.

    Attributes:
        base_url: Base URL as for an OpenAI client, such as `https://api.smallest.ai/waves/v1`.
        api_key: Key of the requests. Reports never show a key.
        limited_key: A standard-plan key that may exceed its limits.
        forbidden_key: A valid key without access to Electron.
        other_key: A valid key of another account.
        faults: Whether the server obeys the header `X-Mock-Electron`.
        plan: Plan whose requests per minute a run keeps within: `standard`, `enterprise` or
            `unlimited`. None means `unlimited` on this machine and `standard` elsewhere.
        clock: Clock of the plan's limits, if it can be advanced; None means real time.
        takes_time: False if replies are known to take no time, as those of a frozen fake.
        salt: Text in the prompts that must be new to the prefix cache.
        name: Name that reports show instead of the URL.
        timeout: Seconds without a byte after which a response is given up.

    Raises:
        TypeError: If the URL or a key is not a string.
        ValueError: If the URL, a key, the plan or the timeout is invalid, or if two keys are equal.
    """

    base_url: str
    api_key: str
    limited_key: str | None = None
    forbidden_key: str | None = None
    other_key: str | None = None
    faults: bool = False
    plan: str | None = None
    clock: Clock | None = None
    takes_time: bool = True
    salt: str = ""
    name: str = ""
    timeout: float = 60.0

    _secrets: ClassVar[Collection[str]] = KEYS

    def __post_init__(self) -> None:
        _check_url(self.base_url)
        for name in KEYS:
            key = getattr(self, name)
            if key == "":
                raise ValueError(f"{name} must not be empty")
            if key is not None or name == "api_key":
                checks.api_key(name, key)
        checks.seconds("timeout", self.timeout, checks.LONGEST_TIMEOUT, above_zero=True)
        self._check_keys_differ()
        if self.plan is not None and self.plan not in REQUESTS_PER_MINUTE:
            raise ValueError(unknown("plan", self.plan, REQUESTS_PER_MINUTE))

    def _check_keys_differ(self) -> None:
        """Raise ValueError if two keys are equal, because each is used for another purpose."""
        for first, second in combinations(KEYS, 2):
            if getattr(self, second) is not None and getattr(self, first) == getattr(self, second):
                raise ValueError(f"{second} must be {PURPOSES[second]}, but it is the {first}")

    @property
    def address(self) -> str:
        """The name if there is one, otherwise the base URL."""
        return self.name or self.base_url

    @property
    def is_loopback(self) -> bool:
        """Whether the endpoint is on this machine, so that requests cost nothing."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")

    @property
    def requests_per_minute(self) -> int | None:
        """The maximum number of requests per minute; None if there is no maximum."""
        plan = self.plan or ("unlimited" if self.is_loopback else "standard")
        return REQUESTS_PER_MINUTE[plan]

    @property
    def gives(self) -> frozenset[Need]:
        """The needs that this target meets."""
        given = {
            Need.FAULTS: self.faults,
            Need.LIMITED_KEY: self.limited_key is not None,
            Need.FORBIDDEN_KEY: self.forbidden_key is not None,
            Need.OTHER_KEY: self.other_key is not None,
            Need.CLOCK: self.clock is not None,
            Need.DURATION: self.takes_time,  # a probe measures whether they really do
        }
        return frozenset(need for need, is_given in given.items() if is_given)

    def key(self, which: str | Need | None = None) -> str:
        """Return the key for a request.

        Args:
            which: A key, or the need that a key meets; None means the target's own key.
        """
        named = {
            Need.LIMITED_KEY: self.limited_key,
            Need.FORBIDDEN_KEY: self.forbidden_key,
            Need.OTHER_KEY: self.other_key,
        }
        found = named[which] if isinstance(which, Need) else which
        return self.api_key if found is None else found

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys, which reports must not show."""
        given = [getattr(self, name) for name in KEYS]
        return tuple(key for key in given if key)


def _check_url(url: str) -> None:
    """Raise TypeError if this is not a string, and ValueError if it is not a base URL."""
    if not isinstance(url, str):
        raise TypeError(must_be("base_url", "a string", url))
    if not url.isprintable():
        raise ValueError(must_be("base_url", "a URL of printable characters", url))
    if " " in url:
        raise ValueError(must_be("base_url", "a URL without spaces", url))
    try:
        parts = urlsplit(url)
    except ValueError:  # such as an IPv6 address that is not complete
        raise ValueError(must_be("base_url", f"a URL such as {EXAMPLE_URL}", url)) from None
    if "@" in parts.netloc:
        raise ValueError("base_url must not contain a user name or a password; use api_key")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(must_be("base_url", f"a URL such as {EXAMPLE_URL}", url))
    try:
        _ = parts.port
    except ValueError as error:
        raise ValueError(must_be("base_url", "a URL with a valid port", url)) from error
    if parts.path.rstrip("/").endswith(CHAT):
        raise ValueError(must_be("base_url", f"a URL without {CHAT}, which is appended to it", url))
    if parts.query or parts.fragment:
        raise ValueError(must_be("base_url", "a URL without a query or a fragment", url))
