"""The table of settings, as data.

It feeds `Settings`, the options of pytest and of `mock-electron serve`, and docs/settings.md.
pytest imports this module at every start, so it imports nothing else from the package.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, get_args

Sampling = Literal["steady", "varied"]
Missing = Literal["ask", "invent"]
ClockKind = Literal["frozen", "real"]
NamedToolFinish = Literal["tool_calls", "stop"]
NotFoundBody = Literal["json", "html"]
KindName = Literal[
    "integer",
    "fraction",
    "seconds",
    "choice",
    "switch",
    "keys",
    "hosts",
    "origins",
    "key_groups",
    "tools",
    "plan",
    "pace",
]
MIB: Final = 1024 * 1024


class Setting(NamedTuple):
    """One row of the table.

    Attributes:
        kind: How values are checked and read from text: a key of `KINDS` in setting_kinds.py.
        default: The default.
        help: What the setting does, in plain text.
        least: The minimum of an integer; None for no minimum.
        choices: The accepted texts of a choice.
        secret: Whether no message shows the value.
    """

    kind: KindName
    default: Any
    help: str
    least: int | None = None
    choices: tuple[str, ...] = ()
    secret: bool = False

    @property
    def is_switch(self) -> bool:
        """Whether the setting is a boolean."""
        return isinstance(self.default, bool)

    @property
    def is_list(self) -> bool:
        """Whether the setting has several values."""
        return isinstance(self.default, tuple)


SETTINGS: Final[Mapping[str, Setting]] = {
    "seed": Setting(
        "integer",
        0,
        "Selects all ids and replies. The same seed gives the same bytes.",
    ),
    "sampling": Setting(
        "choice",
        "steady",
        "What a repeated request without a seed gets: the same reply (steady), or a different "
        "one each time, in the same order in every run (varied).",
        choices=get_args(Sampling),
    ),
    "missing": Setting(
        "choice",
        "ask",
        "What happens if a conversation lacks a value that a tool requires, and tool_choice is "
        "auto: the pocket model asks for it (ask), or calls the tool with one that it invents "
        "(invent).",
        choices=get_args(Missing),
    ),
    "clock": Setting(
        "choice",
        "frozen",
        "real: the time of day, with pauses. frozen: starts at 1740000000, moves only when it "
        "is advanced or when a paced reply takes time, and never waits.",
        choices=get_args(ClockKind),
    ),
    "api_keys": Setting(
        "keys",
        (),
        "The accepted API keys. If none is given, every key is accepted except "
        "sk_mock_revoked (401) and sk_mock_forbidden (403).",
        secret=True,
    ),
    "allow_hosts": Setting(
        "hosts",
        (),
        "Names by which web pages may reach a server on a loopback address. A browser that uses "
        "any other name, except those of this machine, gets 403. Other clients can use any name.",
    ),
    "accounts": Setting(
        "key_groups",
        (),
        "Groups of API keys that share an account, with its limits and its prefix cache, such as "
        "sk_a:sk_b. Every other key has its own account.",
        secret=True,
    ),
    "plan": Setting(
        "plan",
        "unlimited",
        "The limits of each API key: standard (10 requests per minute, 3 in flight), "
        "enterprise (200, 20), unlimited, or your own, such as 10:3 or 10/3. The keys "
        "sk_mock_standard, sk_mock_enterprise and sk_mock_unlimited always have their plan.",
    ),
    "pace": Setting(
        "pace",
        "instant",
        "How fast replies are sent: electron (174:5:0.2), p95 (300:5), instant, or your own, such "
        "as 174:5: milliseconds to the first token of a prompt of 1,000 uncached tokens, and "
        "between two tokens. With a frozen clock, pauses take no real time.",
    ),
    "chunk_tokens": Setting(
        "integer",
        1,
        "How many tokens of content or arguments a chunk of a stream carries. Electron sends a "
        "token or a small group of tokens (documented).",
        least=1,
    ),
    "speech_rate": Setting(
        "integer",
        15,
        "How many characters are spoken in a second, for the turns of a voice agent (documented: "
        "about 15).",
        least=1,
    ),
    "drift": Setting(
        "fraction",
        0.0,
        "The fraction, from 0 to 1, of seeded requests that get a different reply than their "
        "seed normally yields.",
    ),
    "prefix_cache_tokens": Setting(
        "integer",
        1_048_576,
        "How many tokens the prefix cache holds, in blocks of 16; 0 disables it (assumed).",
        least=0,
    ),
    "prefix_cache_idle": Setting(
        "seconds",
        300.0,
        "Seconds after which the prefix cache drops an unused block (assumed).",
    ),
    "fault_header": Setting(
        "switch",
        True,
        "Whether a request can ask for a fault with the header X-Mock-Electron. If not, the "
        "header is ignored.",
    ),
    "accept_json_schema": Setting(
        "switch",
        False,
        "Accept response_format json_schema, which Electron is assumed to reject.",
    ),
    "refuse_broken_arguments": Setting(
        "switch",
        False,
        "Refuse tool calls in the history whose arguments are not JSON, as vLLM did until July "
        "2026. Electron is assumed to accept them.",
    ),
    "reveal": Setting(
        "switch",
        False,
        "Add headers to every answer: X-Mock-Electron-Exchange (its number), X-Mock-Electron-Step "
        "(the step that answered) and X-Mock-Electron-Fault (the faults that applied, and those "
        "that did not, with the reason).",
    ),
    "cors": Setting(
        "origins",
        (),
        "Origins of web pages that may read the answers of the chat endpoint, such as "
        "http://localhost:3000, or * for all. Electron's own CORS headers are not known.",
    ),
    "list_models": Setting(
        "switch",
        False,
        "Answer GET {base}/models and {base}/models/electron, which some clients request when they "
        "start. Electron has no such path (404).",
    ),
    "named_tool_finish": Setting(
        "choice",
        "tool_calls",
        "The finish reason if the request names the tool to call: tool_calls as Electron "
        "documents, or stop as vLLM sends.",
        choices=get_args(NamedToolFinish),
    ),
    "not_found": Setting(
        "choice",
        "json",
        "The body of a 404 for an unknown path: the error envelope (json), or a page such as "
        "Express sends (html, inferred).",
        choices=get_args(NotFoundBody),
    ),
    "body_limit": Setting(
        "integer",
        4 * MIB,
        "The largest request body, in bytes. A larger one gets 413 (assumed).",
        least=1,
    ),
    "upload_timeout": Setting(
        "seconds",
        10.0,
        "Seconds without a byte of the request body before the answer is 408 (assumed).",
    ),
    "strict": Setting(
        "switch",
        False,
        "Refuse a request that neither a step of the script nor a user function answers, with 404 "
        "not_scripted and the reasons. In pytest, the test fails.",
    ),
    "tools": Setting(
        "tools",
        (),
        "The tools that exist, by name or as a request lists them. With strict, a script that "
        "names another tool is an error.",
    ),
    "journal_exchanges": Setting(
        "integer",
        10_000,
        "How many exchanges the journal keeps; 0 keeps none. The oldest are dropped first.",
        least=0,
    ),
    "journal_bytes": Setting(
        "integer",
        256 * MIB,
        "How many bytes of memory the exchanges of the journal may take. The oldest are dropped "
        "first.",
        least=1,
    ),
}
ELSEWHERE: Final[Mapping[str, str]] = {
    "port": "--electron-port for the fixtures, or MockElectron(port=…)",
    "script": "electron.load(…)",
    "travel": "@pytest.mark.electron(travel=True), or `with electron.clock.travel():`",
}
"""What to write instead of names that only some places accept in addition to the settings."""

SET_FORMS: Final[Mapping[str, str]] = {
    **{
        name: f"@pytest.mark.electron({name}=…), electron_lane({name}=…) or MockElectron({name}=…)"
        for name in SETTINGS
    },
    "plan": "electron.plan('standard')",
    "pace": "electron.pace('electron')",
    "drift": "electron.drift(0.1)",
}
"""What to write instead of an assignment to a setting."""
