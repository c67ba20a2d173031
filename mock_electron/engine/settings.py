"""The settings of a lane: one table.

Each field of `Settings` is a row with its name, type, default, kind and help. The table feeds the
checks, the options of pytest and of `mock-electron serve`, and docs/settings.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal, NamedTuple, TypedDict

from mock_electron.engine import setting_kinds as kinds
from mock_electron.engine.pace import Pace, PaceName
from mock_electron.engine.plan import Plan, PlanName
from mock_electron.inputs.spelling import SuggestsFields, unknown

Sampling = Literal["steady", "varied"]
ClockKind = Literal["frozen", "real"]
NamedToolFinish = Literal["tool_calls", "stop"]
NotFoundBody = Literal["json", "html"]
MIB: Final = 1024 * 1024
ROW: Final = "setting"
"""The key of a row in the metadata of its field."""


class Setting(NamedTuple):
    """One row of the table.

    Attributes:
        kind: How values are checked and read from text.
        help: What the setting does, in plain text.
    """

    kind: kinds.SettingKind
    help: str


def _setting(default: Any, kind: kinds.SettingKind, words: str, *, secret: bool = False) -> Any:
    """Return a field of `Settings`. A secret one does not appear in its repr."""
    return field(default=default, repr=not secret, metadata={ROW: Setting(kind, words)})


@dataclass(frozen=True, slots=True)
class Settings(SuggestsFields):
    """The settings of a lane.

    Raises:
        ValueError: If a setting has a wrong value.

    >>> Settings(seed=7, plan="standard").sampling
    'steady'
    """

    seed: int = _setting(
        0, kinds.integer(), "Selects all ids and replies. The same seed gives the same bytes."
    )
    sampling: Sampling = _setting(
        "steady",
        kinds.one_of(Sampling),
        "What a repeated request without a seed gets: the same reply (steady), or a different "
        "one each time, in the same order in every run (varied).",
    )
    clock: ClockKind = _setting(
        "frozen",
        kinds.one_of(ClockKind),
        "real: the time of day, with pauses. frozen: starts at 1740000000, moves only when it "
        "is advanced or when a paced reply takes time, and never waits.",
    )
    api_keys: tuple[str, ...] = _setting(
        (),
        kinds.keys(),
        "The accepted API keys. If none is given, every key is accepted except "
        "sk_mock_revoked (401) and sk_mock_forbidden (403).",
        secret=True,
    )
    allow_hosts: tuple[str, ...] = _setting(
        (),
        kinds.hosts(),
        "Names by which web pages may reach a server on a loopback address. A browser that uses "
        "any other name, except those of this machine, gets 403. Other clients can use any name.",
    )
    accounts: tuple[tuple[str, ...], ...] = _setting(
        (),
        kinds.key_groups(),
        "Groups of API keys that share an account, with its limits and its prefix cache, such as "
        "sk_a:sk_b. Every other key has its own account.",
        secret=True,
    )
    plan: PlanName | Plan = _setting(
        "unlimited",
        kinds.plan(),
        "The limits of each API key: standard (10 requests per minute, 3 in flight), "
        "enterprise (200, 20), unlimited, or your own, such as 10:3. The keys "
        "sk_mock_standard, sk_mock_enterprise and sk_mock_unlimited always have their plan.",
    )
    pace: PaceName | Pace = _setting(
        "instant",
        kinds.pace(),
        "How fast replies are sent: electron (174:5:0.2), instant, or your own, such as 174:5: "
        "milliseconds to the first token of a prompt of 1,000 uncached tokens, and between "
        "two tokens. With a frozen clock, pauses take no real time.",
    )
    chunk_tokens: int = _setting(
        1,
        kinds.integer(1),
        "How many tokens of content or arguments a chunk of a stream carries. Electron sends a "
        "token or a small group of tokens (documented).",
    )
    drift: float = _setting(
        0.0,
        kinds.fraction(),
        "The fraction, from 0 to 1, of seeded requests that get a different reply than their "
        "seed normally yields.",
    )
    prefix_cache_tokens: int = _setting(
        1_048_576,
        kinds.integer(0),
        "How many tokens the prefix cache holds, in blocks of 16; 0 disables it (assumed).",
    )
    prefix_cache_idle: float = _setting(
        300.0,
        kinds.positive_seconds(),
        "Seconds after which the prefix cache drops an unused block (assumed).",
    )
    fault_header: bool = _setting(
        True,
        kinds.switch(),
        "Whether a request can ask for a fault with the header X-Mock-Electron. If not, the "
        "header is ignored.",
    )
    accept_json_schema: bool = _setting(
        False,
        kinds.switch(),
        "Accept response_format json_schema, which Electron is assumed to reject.",
    )
    refuse_broken_arguments: bool = _setting(
        False,
        kinds.switch(),
        "Refuse tool calls in the history whose arguments are not JSON, as vLLM did until July "
        "2026. Electron is assumed to accept them.",
    )
    list_models: bool = _setting(
        False,
        kinds.switch(),
        "Answer GET {base}/models and {base}/models/electron, which some clients request when they "
        "start. Electron has no such path (404).",
    )
    named_tool_finish: NamedToolFinish = _setting(
        "tool_calls",
        kinds.one_of(NamedToolFinish),
        "The finish reason if the request names the tool to call: tool_calls as Electron "
        "documents, or stop as vLLM sends.",
    )
    not_found: NotFoundBody = _setting(
        "json",
        kinds.one_of(NotFoundBody),
        "The body of a 404 for an unknown path: the error envelope (json), or a page such as "
        "Express sends (html, inferred).",
    )
    body_limit: int = _setting(
        4 * MIB,
        kinds.integer(1),
        "The largest request body, in bytes. A larger one gets 413 (assumed).",
    )
    upload_timeout: float = _setting(
        10.0,
        kinds.positive_seconds(),
        "Seconds without a byte of the request body before the answer is 408 (assumed).",
    )
    strict: bool = _setting(
        False,
        kinds.switch(),
        "Refuse a request that no step of the script answers, with 404 not_scripted and the "
        "reasons. In pytest, the test fails.",
    )
    tools: tuple[str, ...] = _setting(
        (),
        kinds.tools(),
        "The tools that exist, by name or as a request lists them. With strict, a script that "
        "names another tool is an error.",
    )
    journal_exchanges: int = _setting(
        10_000,
        kinds.integer(0),
        "How many exchanges the journal keeps; 0 keeps none. The oldest are dropped first.",
    )
    journal_bytes: int = _setting(
        256 * MIB,
        kinds.integer(1),
        "How many bytes of memory the exchanges of the journal may take. The oldest are dropped "
        "first.",
    )

    def __post_init__(self) -> None:
        for name, setting in SETTINGS.items():
            object.__setattr__(self, name, setting.kind.check(name, getattr(self, name)))

    @classmethod
    def of(cls, **options: Any) -> "Settings":
        """Return the settings with these options.

        Raises:
            TypeError: If a setting does not exist. The message suggests the nearest name.
            ValueError: If a setting has a wrong value.
        """
        for name in options:
            if name not in SETTINGS:
                raise TypeError(unknown("setting", name, SETTINGS))
        return cls(**options)


class Options(TypedDict, total=False):
    """The settings as keyword arguments, for type checkers. A test keeps it equal to `Settings`."""

    seed: int
    sampling: Sampling
    clock: ClockKind
    api_keys: tuple[str, ...]
    allow_hosts: tuple[str, ...]
    accounts: Sequence[str | Sequence[str]]
    plan: PlanName | Plan
    pace: PaceName | Pace
    chunk_tokens: int
    drift: float
    prefix_cache_tokens: int
    prefix_cache_idle: float
    fault_header: bool
    accept_json_schema: bool
    refuse_broken_arguments: bool
    list_models: bool
    named_tool_finish: NamedToolFinish
    not_found: NotFoundBody
    body_limit: int
    upload_timeout: float
    strict: bool
    tools: Sequence[Any]
    journal_exchanges: int
    journal_bytes: int


SETTINGS: Final[Mapping[str, Setting]] = {row.name: row.metadata[ROW] for row in fields(Settings)}
"""The rows by name."""
DEFAULTS: Final[Mapping[str, Any]] = {row.name: row.default for row in fields(Settings)}
"""The default of each setting."""
Settings.__doc__ = "\n".join(
    [
        f"{Settings.__doc__}",
        "    Attributes:",
        *(
            f"        {name}: {row.help} Default: {DEFAULTS[name]!r}."
            for name, row in SETTINGS.items()
        ),
    ]
)


def parse_setting(name: str, text: str) -> Any:
    """Return the value of a setting that a command line or an ini file gives as text.

    Raises:
        ValueError: If the text is not a value of the setting.
    """
    kind = SETTINGS[name].kind
    return kind.check(name, kind.parse(name, text))
