"""`Settings`: the settings of a lane, with the types of the rows in setting_table.py."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypedDict

from msgspec.structs import force_setattr

from mock_electron.engine.pace import Pace, PaceName
from mock_electron.engine.plan import Plan, PlanName
from mock_electron.engine.setting_kinds import check
from mock_electron.engine.setting_table import (
    ELSEWHERE,
    SET_FORMS,
    SETTINGS,
    ClockKind,
    Missing,
    NamedToolFinish,
    NotFoundBody,
    Sampling,
)
from mock_electron.inputs.spelling import unknown
from mock_electron.inputs.values import SecretValue


def _row(name: str) -> Any:
    """Return the default of the setting in a row."""
    return SETTINGS[name].default


def check_names(names: Iterable[str], others: Sequence[str] = ()) -> None:
    """Raise TypeError if a name is not that of a setting.

    Args:
        names: The names.
        others: The names that the caller accepts in addition to the settings.
    """
    known = (*SETTINGS, *others)
    for name in names:
        if name not in known and name in ELSEWHERE:
            raise TypeError(f"unknown setting {name!r}; write {ELSEWHERE[name]}")
        if name not in known:
            raise TypeError(unknown("setting", name, known))


class Settings(SecretValue, frozen=True, kw_only=True):
    """The settings of a lane.

    Raises:
        ValueError: If a setting has a wrong value.

    >>> Settings(seed=7, plan="standard").sampling
    'steady'
    """

    _set_forms: ClassVar[Mapping[str, str]] = SET_FORMS
    _secrets: ClassVar[Collection[str]] = tuple(
        name for name, row in SETTINGS.items() if row.secret
    )

    seed: int = _row("seed")
    sampling: Sampling = _row("sampling")
    missing: Missing = _row("missing")
    clock: ClockKind = _row("clock")
    api_keys: tuple[str, ...] = _row("api_keys")
    allow_hosts: tuple[str, ...] = _row("allow_hosts")
    accounts: tuple[tuple[str, ...], ...] = _row("accounts")
    plan: PlanName | Plan = _row("plan")
    pace: PaceName | Pace = _row("pace")
    chunk_tokens: int = _row("chunk_tokens")
    speech_rate: int = _row("speech_rate")
    drift: float = _row("drift")
    prefix_cache_tokens: int = _row("prefix_cache_tokens")
    prefix_cache_idle: float = _row("prefix_cache_idle")
    fault_header: bool = _row("fault_header")
    accept_json_schema: bool = _row("accept_json_schema")
    refuse_broken_arguments: bool = _row("refuse_broken_arguments")
    reveal: bool = _row("reveal")
    cors: tuple[str, ...] = _row("cors")
    list_models: bool = _row("list_models")
    named_tool_finish: NamedToolFinish = _row("named_tool_finish")
    not_found: NotFoundBody = _row("not_found")
    body_limit: int = _row("body_limit")
    upload_timeout: float = _row("upload_timeout")
    strict: bool = _row("strict")
    tools: tuple[str, ...] = _row("tools")
    journal_exchanges: int = _row("journal_exchanges")
    journal_bytes: int = _row("journal_bytes")

    def __post_init__(self) -> None:
        for name, row in SETTINGS.items():
            force_setattr(self, name, check(row, name, getattr(self, name)))

    @classmethod
    def of(cls, **options: Any) -> "Settings":
        """Return the settings with these options.

        Raises:
            TypeError: If a setting does not exist. The message suggests the nearest name.
            ValueError: If a setting has a wrong value.
        """
        check_names(options)
        return cls(**options)


class Options(TypedDict, total=False):
    """The settings as keyword arguments, for type checkers. A test keeps it equal to `Settings`."""

    seed: int
    sampling: Sampling
    missing: Missing
    clock: ClockKind
    api_keys: str | Sequence[str]
    allow_hosts: str | Sequence[str]
    accounts: Sequence[str | Sequence[str]]
    plan: PlanName | Plan
    pace: PaceName | Pace
    chunk_tokens: int
    speech_rate: int
    drift: float
    prefix_cache_tokens: int
    prefix_cache_idle: float
    fault_header: bool
    accept_json_schema: bool
    refuse_broken_arguments: bool
    reveal: bool
    cors: str | Sequence[str]
    list_models: bool
    named_tool_finish: NamedToolFinish
    not_found: NotFoundBody
    body_limit: int
    upload_timeout: float
    strict: bool
    tools: Sequence[Any]
    journal_exchanges: int
    journal_bytes: int


Settings.__doc__ = "\n".join(
    [
        f"{Settings.__doc__}",
        "    Attributes:",
        *(
            f"        {name}: {row.help} Default: {row.default!r}."
            for name, row in SETTINGS.items()
        ),
    ]
)
