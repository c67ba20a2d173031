"""The settings of a lane: one table.

Each field of `Settings` is a row with its name, type, default, kind and help. The table feeds the
checks, the options of pytest and of `mock-electron serve`, and docs/settings.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple, TypedDict, get_args

from mock_electron.engine import setting_kinds as kinds
from mock_electron.inputs.spelling import SuggestsFields, unknown

if TYPE_CHECKING:
    from mock_electron.engine.limits import Plan, PlanName
    from mock_electron.engine.pace import Pace, PaceName

Sampling = Literal["steady", "varied"]
ClockKind = Literal["frozen", "real"]
NamedToolFinish = Literal["tool_calls", "stop"]
NotFoundBody = Literal["json", "html"]
MIB: Final = 1024 * 1024


class Setting(NamedTuple):
    """One row of the table.

    Attributes:
        kind: How values are checked and read from text.
        help: What the setting does, in plain text.
    """

    kind: kinds.SettingKind
    help: str


@dataclass(frozen=True, slots=True)
class Settings(SuggestsFields):
    """The settings of a lane.

    Raises:
        ValueError: If a setting has a wrong value.

    >>> Settings(seed=7, plan="standard").sampling
    'steady'
    """

    seed: Annotated[
        int,
        Setting(
            kinds.integer(), "Selects all ids and replies. The same seed gives the same bytes."
        ),
    ] = 0
    sampling: Annotated[
        Sampling,
        Setting(
            kinds.one_of(Sampling),
            "What a repeated request without a seed gets: the same reply (steady), or a different "
            "one each time, in the same order in every run (varied).",
        ),
    ] = "steady"
    clock: Annotated[
        ClockKind,
        Setting(
            kinds.one_of(ClockKind),
            "real: the time of day, with pauses. frozen: starts at 1740000000, moves only when it "
            "is advanced or when a paced reply takes time, and never waits.",
        ),
    ] = "frozen"
    api_keys: Annotated[
        tuple[str, ...],
        Setting(
            kinds.keys(),
            "The accepted API keys. If none is given, every key is accepted except "
            "sk_mock_revoked (401) and sk_mock_forbidden (403).",
        ),
    ] = field(default=(), repr=False)
    plan: Annotated[
        "PlanName | Plan",
        Setting(
            kinds.plan(),
            "The limits of each API key: standard (10 requests per minute, 3 in flight), "
            "enterprise (200, 20), unlimited, or your own, such as 10:3. The keys "
            "sk_mock_standard, sk_mock_enterprise and sk_mock_unlimited always have their plan.",
        ),
    ] = "unlimited"
    pace: Annotated[
        "PaceName | Pace",
        Setting(
            kinds.pace(),
            "How fast replies are sent: electron (174:5:0.2), instant, or your own, such as 174:5: "
            "milliseconds to the first token of a prompt of 1,000 uncached tokens, and between "
            "two tokens. With a frozen clock, pauses take no real time.",
        ),
    ] = "instant"
    drift: Annotated[
        float,
        Setting(
            kinds.fraction(),
            "The fraction, from 0 to 1, of seeded requests that get a different reply than their "
            "seed normally yields.",
        ),
    ] = 0.0
    prefix_cache_tokens: Annotated[
        int,
        Setting(
            kinds.integer(0),
            "How many tokens the prefix cache holds, in blocks of 16; 0 disables it (assumed).",
        ),
    ] = 1_048_576
    prefix_cache_idle: Annotated[
        float,
        Setting(
            kinds.positive_seconds(),
            "Seconds after which the prefix cache drops an unused block (assumed).",
        ),
    ] = 300.0
    fault_header: Annotated[
        bool,
        Setting(
            kinds.switch(),
            "Whether a request can ask for a fault with the header X-Mock-Electron. If not, the "
            "header is ignored.",
        ),
    ] = True
    accept_json_schema: Annotated[
        bool,
        Setting(
            kinds.switch(),
            "Accept response_format json_schema, which Electron is assumed to reject.",
        ),
    ] = False
    named_tool_finish: Annotated[
        NamedToolFinish,
        Setting(
            kinds.one_of(NamedToolFinish),
            "The finish reason if the request names the tool to call: tool_calls as Electron "
            "documents, or stop as vLLM sends.",
        ),
    ] = "tool_calls"
    not_found: Annotated[
        NotFoundBody,
        Setting(
            kinds.one_of(NotFoundBody),
            "The body of a 404 for an unknown path: the error envelope (json), or a page such as "
            "Express sends (html, inferred).",
        ),
    ] = "json"
    body_limit: Annotated[
        int,
        Setting(
            kinds.integer(1),
            "The largest request body, in bytes. A larger one gets 413 (assumed).",
        ),
    ] = 4 * MIB
    upload_timeout: Annotated[
        float,
        Setting(
            kinds.positive_seconds(),
            "Seconds without a byte of the request body before the answer is 408 (assumed).",
        ),
    ] = 10.0
    strict: Annotated[
        bool,
        Setting(
            kinds.switch(),
            "Refuse a request that no step of the script answers, with 404 not_scripted and the "
            "reasons. In pytest, the test fails.",
        ),
    ] = False
    tools: Annotated[
        tuple[str, ...],
        Setting(
            kinds.tools(),
            "The tools that exist, by name or as a request lists them. With strict, a script that "
            "names another tool is an error.",
        ),
    ] = ()
    journal_exchanges: Annotated[
        int,
        Setting(
            kinds.integer(1),
            "How many exchanges the journal keeps. The oldest are dropped first.",
        ),
    ] = 10_000
    journal_bytes: Annotated[
        int,
        Setting(
            kinds.integer(1),
            "How many bytes of requests and answers the journal keeps. The oldest are dropped "
            "first.",
        ),
    ] = 256 * MIB

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
    plan: "PlanName | Plan"
    pace: "PaceName | Pace"
    drift: float
    prefix_cache_tokens: int
    prefix_cache_idle: float
    fault_header: bool
    accept_json_schema: bool
    named_tool_finish: NamedToolFinish
    not_found: NotFoundBody
    body_limit: int
    upload_timeout: float
    strict: bool
    tools: Sequence[Any]
    journal_exchanges: int
    journal_bytes: int


SETTINGS: Final[Mapping[str, Setting]] = {
    row.name: get_args(row.type)[1] for row in fields(Settings)
}
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
