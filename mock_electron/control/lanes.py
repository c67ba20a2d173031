"""The lanes that the control API knows, and those that it opens."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request

from mock_electron._regex import regex
from mock_electron.control.given_settings import check_items
from mock_electron.control.refused import MAX_ECHO, Closed, Conflict, Missing
from mock_electron.engine.clock import monotonic
from mock_electron.engine.keys import check_key, check_keys
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.step import Step
from mock_electron.engine.settings import Settings
from mock_electron.inputs.checks import must_be
from mock_electron.inputs.spelling import echoed
from mock_electron.outputs.redaction import shown_end
from mock_electron.serve.lanes import DEFAULT_NAME, KEY_PREFIX, LANES_PATH, Lanes
from mock_electron.serve.server import Server

MOST_LANES: Final = 10_000
"""The maximum number of open lanes of the control API."""
MOST_NAMED: Final = 5
"""The maximum number of names of lanes that a message lists."""
MOST_KEYS: Final = 100
"""The maximum number of keys that name a lane."""
LONGEST_TTL: Final = 30 * 86_400
"""The maximum time to live of a lane, in seconds."""
NAME: Final = regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
NAME_WORDS: Final = (
    "1 to 100 letters, digits, dots, hyphens and underscores, the first a letter or a digit"
)


class OpenedLane(Struct, eq=False):
    """A lane that the control API has opened.

    Attributes:
        lane: The lane.
        keys: The API keys that name it.
        ttl: Seconds without a request after which it is closed, or None.
        used: When the control API last used it, by the monotonic clock.
    """

    lane: Lane
    keys: tuple[str, ...]
    ttl: float | None
    used: float

    @property
    def idle_since(self) -> float:
        """When the lane was last used, by the monotonic clock."""
        latest = self.lane.journal.latest
        return max(self.used, latest.monotonic if latest else self.used)


class OpenLanes:
    """The lanes of a server, as the control API sees them.

    Args:
        server: The server.

    Attributes:
        opened: The lanes that the control API has opened, by name. Others belong to tests.
        on_close: Called with the name of each lane that was closed, and the lane.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._settings = server.app.lanes.default.settings
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self.opened: dict[str, OpenedLane] = {}
        self.on_close: Callable[[str, Lane], object] = lambda *_: None

    @property
    def all(self) -> Lanes:
        """The lanes of the server."""
        return self._server.app.lanes

    @property
    def is_ending(self) -> bool:
        """Whether the server ends, so that no request may wait any longer."""
        return self._server.app.is_ending

    @property
    def path(self) -> str:
        """The path of the Unix socket on which the server listens, or ""."""
        return self._server.path

    @property
    def started_at(self) -> float:
        """When the server began to serve, in Unix seconds."""
        return self._server.started_at

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all lanes, the default lane first."""
        return (DEFAULT_NAME, *self.all.open)

    @property
    def settings(self) -> Settings:
        """The settings of a lane that is opened without its own: those of the server."""
        return self._settings

    def named(self, name: str) -> Lane:
        """Return a lane.

        Raises:
            Closed: If the lane was closed.
            Missing: If there never was a lane with this name.
        """
        lane = self.all.named(None if name == DEFAULT_NAME else name)
        if lane is not None:
            opened = self.opened.get(name)  # it may be closed while this thread runs
            if opened is not None:
                opened.used = monotonic()
            return lane
        if name in self.all.closed:
            raise Closed(f"the lane {echoed(name)} is closed")
        raise Missing(f"no lane {echoed(name, MAX_ECHO)}{self._others(name)}")

    def _others(self, name: str) -> str:
        """Return the nearest name of a lane, or else those that there are, for a message."""
        near = self.all.near(name)
        if near:
            return f".{near}"
        names = [DEFAULT_NAME, *islice(self.all.open, MOST_NAMED)]
        more = len(self.all.open) + 1 - len(names)
        listed = ", ".join(map(repr, names)) + (f" and {more} more" if more else "")
        return f"; the open lanes are {listed}" if len(names) > 1 else f"; only {listed} is open"

    def url(self, request: Request, name: str) -> str:
        """Return the URL of a lane, under the name by which the client has reached the server."""
        origin = self.origin(request)
        return origin if name == DEFAULT_NAME else f"{origin}{LANES_PATH}{name}"

    def origin(self, request: Request) -> str:
        """Return the URL of the server, under the name by which the client has reached it."""
        host = request.headers.get("host", "")
        return f"{request.url.scheme}://{host}" if host else self._server.url

    def api_key(self, name: str) -> str:
        """Return a key that is accepted and, if the lane has a name, names it."""
        settings = self.named(name).settings
        opened = self.opened.get(name)
        own = opened.keys if opened else ()
        return (*own, *settings.api_keys, f"{KEY_PREFIX}{name}")[0]

    def open(
        self,
        name: str | None,
        lane: Lane,
        keys: Sequence[str] = (),
        ttl: float | None = None,
    ) -> str:
        """Open a lane, and return its name.

        Args:
            name: The name, or None for a number. A lane that the control API has opened under
                this name is replaced.
            lane: The lane; see `new_lane`.
            keys: API keys that name the lane.
            ttl: Seconds without a request after which it is closed. Default: never.

        Raises:
            Conflict: If the lane belongs to a test or is the default lane, if another lane has a
                key, or if there are too many lanes.
        """
        if name is not None:
            self.check_owner(name)
        if len(self.opened) >= MOST_LANES and name not in self.opened:
            raise Conflict(
                f"{MOST_LANES} lanes are open; close those that have ended, or give lanes a ttl"
            )
        self._check_keys(name, keys)
        if name in self.opened:
            self.close(name)
        chosen = self.all.free_name() if name is None else name
        self._server.open_lane(lane, chosen, keys)
        self.opened[chosen] = OpenedLane(lane, tuple(keys), ttl, monotonic())
        if ttl is not None:
            self._wait(chosen, ttl)
        return chosen

    def close(self, name: str) -> None:
        """Close a lane that the control API has opened.

        Raises:
            Conflict: If the lane belongs to a test or is the default lane.
        """
        self.check_owner(name)
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()
        closed = self.opened.pop(name)
        self._server.app.close_lane(name)
        self.on_close(name, closed.lane)

    def check_owner(self, name: str) -> None:
        """Raise Conflict if a lane exists that the control API has not opened."""
        if name == DEFAULT_NAME:
            raise Conflict("the default lane is always open; POST …/reset returns it to its start")
        if name in self.all.open and name not in self.opened:
            raise Conflict(f"the lane {echoed(name)} belongs to a test, which closes it")

    def _check_keys(self, name: str | None, keys: Iterable[str]) -> None:
        """Raise Conflict if keys name other lanes."""
        owners = ((index, key, self._owner(key)) for index, key in enumerate(keys))
        taken = [
            (("keys", index), f"{_shown_key(key)} {self._named(key, owner)}")
            for index, key, owner in owners
            if owner not in (None, name)
        ]
        if taken:
            raise Conflict.listing(taken)

    def _named(self, key: str, owner: str) -> str:
        """Return what a key names, for a message."""
        if key.startswith(KEY_PREFIX):
            return f"is only for a lane with the name {echoed(owner)}"
        return f"names the lane {echoed(owner)} already"

    def _owner(self, key: str) -> str | None:
        """Return the lane that a key names, or None."""
        if key.startswith(KEY_PREFIX):
            return key.removeprefix(KEY_PREFIX)
        owner = self.all.names_by_key.get(key)
        return owner if owner in self.all.open else None

    def _wait(self, name: str, seconds: float) -> None:
        """Close a lane after this time, unless it is used until then."""
        loop = asyncio.get_running_loop()
        self._timers[name] = loop.call_later(seconds, self._expire, name)

    def _expire(self, name: str) -> None:
        opened = self.opened.get(name)
        if opened is None or opened.ttl is None:
            return
        left = opened.idle_since + opened.ttl - monotonic()
        if left > 0:
            self._wait(name, left)
        elif not opened.lane.journal.is_settled:
            self._wait(name, opened.ttl)
        else:
            self.close(name)


def new_lane(settings: Settings, steps: Sequence[Step], keys: Sequence[str]) -> Lane:
    """Return a lane whose start has these steps. Keys that name it are accepted.

    With thousands of steps, this takes too long for the event loop.
    """
    if settings.api_keys and keys:
        settings = replace(settings, api_keys=(*settings.api_keys, *keys))
    lane = Lane(settings)
    lane.replace_script(steps)
    lane.mark_start()
    return lane


def _shown_key(key: str) -> str:
    """Return what a message calls a key: the end of a short one would say all, or nothing."""
    end = shown_end(key)
    return "this key" if end == "…" else f"the key {end}"


def check_name(name: str) -> str:
    """Return the name of a lane.

    Raises:
        ValueError: If a lane cannot have it.
    """
    if NAME.fullmatch(name):
        return name
    raise ValueError(must_be("the name of a lane", NAME_WORDS, name))


def read_keys(given: str | list[str]) -> tuple[str, ...]:
    """Return the keys that name a lane.

    Raises:
        ValueError: If they cannot be API keys, or there are too many.
    """
    listed = [given] if isinstance(given, str) else given
    if len(listed) > MOST_KEYS:
        raise ValueError(must_be("keys", f"at most {MOST_KEYS}", len(listed)))
    if isinstance(given, list):
        check_items("keys", given, check_key)
    return check_keys("keys", tuple(listed))


def read_ttl(given: float) -> float:
    """Return the time to live of a lane.

    Raises:
        ValueError: If it is out of range.
    """
    if 0 < given <= LONGEST_TTL:
        return given
    what = f"a number of seconds above 0, at most {LONGEST_TTL}"
    raise ValueError(must_be("ttl", what, given))
