"""The lanes of a server, and which of them a request is for.

A request names its lane, in this order: by the path `/lanes/<name>/…`, by the header
`X-Mock-Electron-Lane`, or by its API key. A request that names none is for the default lane.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct
from starlette.types import Scope

from mock_electron.engine.keys import secret_of
from mock_electron.engine.lane import Lane
from mock_electron.inputs.spelling import OrderedNames, did_you_mean, echoed
from mock_electron.outputs.redaction import redact
from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError

LANES_PATH: Final = "/lanes/"
LANE_HEADER: Final = "X-Mock-Electron-Lane"
KEY_PREFIX: Final = "sk_lane_"
"""An API key that begins with this names a lane: `sk_lane_a` is for the lane `a`."""
DEFAULT_NAME: Final = "default"
"""The name of the default lane in the header, in keys, and in the control API."""
NO_OPEN_LANE: Final = "No open lane at "
"""The beginning of the message about a path whose lane does not exist; the path follows."""
MOST_NEAR: Final = 200
"""The maximum number of open lanes among which the nearest name is searched."""
MAX_CLOSED_LANES: Final = 100_000
MAX_LATE_REQUESTS: Final = 1_000
MAX_KEPT_LANES: Final = 10_000
MAX_KEPT_BYTES: Final = 256 * 1024 * 1024
"""The maximum memory of the journals of closed lanes that are kept."""

_HEADER: Final = LANE_HEADER.lower().encode()

NamedBy = Literal["path", "header", "key"]
LaneObserver = Callable[[str, Lane], object]
"""Is called with the name of a lane and the lane."""


class LateRequest(Struct, frozen=True):
    """A request that arrived after its lane was closed.

    Attributes:
        owner: The owner of the lane, such as the id of a test.
        method: HTTP method.
        path: Path of the request, including the lane. Keys are redacted.
    """

    owner: str
    method: str
    path: str


class Found(Struct, frozen=True):
    """What a request says about its lane.

    Attributes:
        lane: The lane, or None if it is not open.
        path: The path inside the lane.
        name: The name of the lane; None for the default lane.
        named_by: What names the lane.
    """

    lane: Lane | None
    path: str
    name: str | None = None
    named_by: NamedBy = "path"

    @property
    def full_path(self) -> str:
        """The path with the lane, whatever names it.

        The journal of the default lane has it for a request whose lane is not open. So requests for
        other lanes are no retries of each other, and no chat requests of the default lane.
        """
        return f"{LANES_PATH}{self.name}{self.path}"


class Lanes:
    """The lanes of a server.

    Attributes:
        default: The lane for requests that name none.
        open: The other open lanes, by name.
        closed: The owners of closed lanes, by lane name; the latest MAX_CLOSED_LANES.
        late: Requests to closed lanes that have an owner; the latest MAX_LATE_REQUESTS.
        keeps_closed: Whether closed lanes are kept, for what is written at the end.
        kept: The closed lanes that are kept, with their names: the latest MAX_KEPT_LANES. Above
            MAX_KEPT_BYTES, the journals of the oldest are emptied.
        dropped: The number of closed lanes that are kept no longer.
        on_late: A function that is called with each of them. If it returns true, it has reported
            the request, which is then not added to `late`.
    """

    def __init__(self, default: Lane) -> None:
        self.default: Lane = default
        self.open: dict[str, Lane] = {}
        self._names = OrderedNames()  # of the open lanes
        self.closed: OrderedDict[str, str] = OrderedDict()
        self.late: deque[LateRequest] = deque(maxlen=MAX_LATE_REQUESTS)
        self.on_late: Callable[[LateRequest], bool] = lambda _: False
        self.keeps_closed: bool = False
        self.kept: deque[tuple[str, Lane]] = deque()
        self.dropped: int = 0
        self._with_journal: deque[tuple[Lane, int]] = (
            deque()
        )  # sizes as they were: a stream goes on
        self._kept_bytes = 0
        self._names_by_key: dict[str, str] = {}
        self._keys_of: dict[str, tuple[str, ...]] = {}
        self._opened = 0
        self._observers: tuple[LaneObserver, ...] = ()
        self._lock = Lock()

    @property
    def names_by_key(self) -> Mapping[str, str]:
        """The names of the lanes that have keys of their own, by key; closed ones too."""
        return MappingProxyType(self._names_by_key)

    def free_name(self) -> str:
        """Return a number that is the name of no lane, open or closed."""
        while True:
            self._opened += 1
            name = str(self._opened)
            if name not in self.open and name not in self.closed:
                return name

    def add(self, name: str, lane: Lane, keys: Sequence[str] = ()) -> bool:
        """Open a lane. Return whether any key names another lane than before.

        Args:
            name: Its name. No open lane may have it.
            lane: The lane.
            keys: API keys that name the lane. No other lane may have them.
        """
        self.closed.pop(name, None)
        is_changed = self._name_by(keys, name)  # those of a closed lane with this name are dropped
        with self._lock:
            self.open[name] = lane
            self._names.add(name)
            for observer in self._observers:
                observer(name, lane)
        return is_changed

    def _name_by(self, keys: Sequence[str], name: str) -> bool:
        """Let only these keys name a lane. Return whether any key names another than before."""
        named, old = self._names_by_key, self._keys_of.pop(name, ())
        before = {key: named.get(key) for key in (*old, *keys)}
        for key in old:
            if named.get(key) == name:
                del named[key]
        if keys:
            self._keys_of[name] = tuple(keys)
            named.update(dict.fromkeys(keys, name))
        return any(named.get(key) != owner for key, owner in before.items())

    def observe(self, observer: LaneObserver) -> None:
        """Call an observer with each open lane now, and with each that is opened from now on."""
        with self._lock:
            self._observers += (observer,)
            for name, lane in ((DEFAULT_NAME, self.default), *self.open.items()):
                observer(name, lane)

    def close(self, name: str, owner: str = "") -> bool:
        """Remove a lane. Requests to it, by its keys too, are answered with 410 from now on.

        Return whether the keys of a lane that was closed long ago name none any more.

        Args:
            name: The name of an open lane.
            owner: The owner to report late requests for, such as a test id; "" for none.
        """
        with self._lock:
            lane = self.open.pop(name)
            self._names.remove(name)
        if self.keeps_closed:
            self._keep(name, lane)
        self.closed[name] = owner
        if len(self.closed) <= MAX_CLOSED_LANES:
            return False
        forgotten, _ = self.closed.popitem(last=False)
        return self._name_by((), forgotten)

    def _keep(self, name: str, lane: Lane) -> None:
        size = lane.journal.size
        self.kept.append((name, lane))
        self._with_journal.append((lane, size))
        self._kept_bytes += size
        if len(self.kept) > MAX_KEPT_LANES:
            self.kept.popleft()
            self.dropped += 1
        while len(self._with_journal) > MAX_KEPT_LANES or self._kept_bytes > MAX_KEPT_BYTES:
            oldest, size = self._with_journal.popleft()
            oldest.journal.drop_all()  # what it drops is still counted by a verdict
            self._kept_bytes -= size

    def named(self, name: str | None) -> Lane | None:
        """Return the open lane with a name, or None. The name None is that of the default lane."""
        return self.default if name is None else self.open.get(name)

    def near(self, name: str) -> str:
        """Return ` Did you mean 'test_1'?` with the nearest name of a lane, or "" if none is near.

        Any client can ask for a lane that does not exist, so few of many lanes are compared.
        """
        return did_you_mean(name, (*self._names.around(name, MOST_NEAR), DEFAULT_NAME))

    def find(self, scope: Scope) -> Found:
        """Return the lane of a request."""
        path: str = scope["path"]
        if path.startswith(LANES_PATH):
            name, slash, rest = path.removeprefix(LANES_PATH).partition("/")
            return self._found(slash + rest, name, "path")
        headers = dict(reversed(scope["headers"]))  # of repeated headers, the first counts
        given = headers.get(_HEADER)
        if given is not None:
            return self._found(path, given.decode("latin-1").strip(), "header")
        key = secret_of(headers.get(b"authorization", b"").decode("latin-1"))
        if key in self._names_by_key:
            return self._found(path, self._names_by_key[key], "key")
        if key.startswith(KEY_PREFIX):
            return self._found(path, key.removeprefix(KEY_PREFIX), "key")
        return Found(self.default, path)

    def _found(self, path: str, name: str, named_by: NamedBy) -> Found:
        if name == DEFAULT_NAME:
            return Found(self.default, path)
        return Found(self.open.get(name), path, name, named_by)

    def not_open(self, found: Found, scope: Scope) -> ApiError:
        """Return the error for a request whose lane is not open.

        A request to a closed lane that has an owner is reported.
        """
        name = found.name or ""
        shown = redact(scope["path"], key_of(scope))
        if name not in self.closed:
            return errors.NOT_FOUND.saying(self._unknown(found, name, shown))
        owner = self.closed[name]
        if owner:
            late = LateRequest(owner, scope["method"], shown)
            if not self.on_late(late):
                self.late.append(late)
        ended = f"{owner} has ended" if owner else f"The lane {echoed(name)} is closed"
        return errors.TEST_ENDED.saying(f"{ended}; this request arrived too late")

    def _unknown(self, found: Found, name: str, path: str) -> str:
        near = self.near(name) if self.open else ""
        if found.named_by == "path":
            return f"{NO_OPEN_LANE}{path}.{near} Check the base URL of the client"
        by = f"the header {LANE_HEADER}" if found.named_by == "header" else "the API key"
        return f"No open lane {echoed(redact(name))}, which {by} names.{near}"


def key_of(scope: Scope) -> str:
    """Return the secret of a request, or ""."""
    return secret_of(dict(scope["headers"]).get(b"authorization", b"").decode("latin-1"))
