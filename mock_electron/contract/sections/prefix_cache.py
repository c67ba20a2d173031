"""5. The prefix cache, as `cached_tokens` shows it.

Each probe begins with a prompt that the cache cannot know: the target's salt stands in it.
"""

from typing import TYPE_CHECKING, Any, Final

from mock_electron.contract.checks import holds, of
from mock_electron.contract.clause import (
    ASSUMED,
    DOCUMENTED,
    INFERRED,
    Check,
    Clause,
    Confidence,
    Source,
)
from mock_electron.contract.probe import Probe, Responses, UnmetError, body, system, user
from mock_electron.contract.response import Response
from mock_electron.contract.sections.usage import SECTION
from mock_electron.contract.target import Need

if TYPE_CHECKING:
    from mock_electron.contract.session import Session

POLICY: Final = (
    "You are the assistant of a small library. The library is open from nine to six. Books are "
    "lent for three weeks, and films for one. A fine is ten rupees a day. Be kind, and be brief. "
)
IDLE: Final = 301.0
"""Seconds after which an entry that nobody used is forgotten (A: 5 minutes)."""
FELT: Final = 0.05
"""Seconds to the first byte below which a reply takes no time."""
TOKENS: Final = 80
LONG: Final = 24
"""So many times the policy is a prompt whose reading takes time."""


def prompt(session: "Session", name: str, question: str = "When do you open?") -> dict[str, Any]:
    """A request that only this probe makes, and only in this run."""
    return body(
        messages=[system(f"{name} {session.target.salt}. {POLICY}"), user(question)], max_tokens=1
    )


def cached(response: Response) -> int:
    """Its cached tokens."""
    return int(response.at("usage.prompt_tokens_details.cached_tokens"))


def prompt_tokens(response: Response) -> int:
    return int(response.at("usage.prompt_tokens"))


# --- probes


def _twice(session: "Session", attempt: int) -> Responses:
    asked = prompt(session, f"Twice {attempt}")
    return session.ask(asked), session.ask(asked)


def _changed(session: "Session", attempt: int) -> Responses:
    asked, changed = prompt(session, f"Abc {attempt}"), prompt(session, f"abc {attempt}")
    return session.ask(asked), session.ask(asked), session.ask(changed)


def _reordered(session: "Session", attempt: int) -> Responses:
    asked = prompt(session, f"Order {attempt}")
    reordered = asked | {"messages": asked["messages"][::-1]}
    return session.ask(asked), session.ask(asked), session.ask(reordered)


def _other_question(session: "Session", attempt: int) -> Responses:
    name = f"Tail {attempt}"
    first, second = prompt(session, name), prompt(session, name, "And when do you close?")
    return session.ask(first), session.ask(second)


def _other_user(session: "Session", attempt: int) -> Responses:
    asked = prompt(session, f"Users {attempt}")
    return session.ask(asked | {"user": "asha"}), session.ask(asked | {"user": "ravi"})


def _next_turn(session: "Session", attempt: int) -> Responses:
    text = "Tell me in five sentences what a library is for."
    asked = prompt(session, f"Turns {attempt}", text) | {"max_tokens": 64}
    first = session.ask(asked)
    said = {"role": "assistant", "content": first.at("choices.0.message.content") or ""}
    return first, session.ask(asked | {"messages": [*asked["messages"], said, user("Go on.")]})


def _other_account(session: "Session", attempt: int) -> Responses:
    asked = prompt(session, f"Accounts {attempt}")
    session.ask(asked)
    return session.ask(asked), session.ask(asked, key=Need.OTHER_KEY)


def _idle(session: "Session", attempt: int) -> Responses:
    asked = prompt(session, f"Idle {attempt}")
    first, second = session.ask(asked), session.ask(asked)
    session.clock.sleep(IDLE)
    return first, second, session.ask(asked)


def _felt(session: "Session", attempt: int) -> Responses:
    text = f"Time {attempt} {session.target.salt}. {POLICY * LONG}"
    asked = body(messages=[system(text), user("When?")], max_tokens=1, stream=True)
    cold = session.ask(asked)
    if cold.first_byte < FELT:
        raise UnmetError(Need.DURATION)
    return cold, session.ask(asked)


TWICE: Final = Probe("a prompt twice", _twice, 2, 2 * TOKENS)
CHANGED: Final = Probe("a prompt, and one with another beginning", _changed, 3, 3 * TOKENS)
REORDERED: Final = Probe("a prompt, and its messages in another order", _reordered, 3, 3 * TOKENS)
OTHER_QUESTION: Final = Probe("a prompt, and another question", _other_question, 2, 2 * TOKENS)
OTHER_USER: Final = Probe("a prompt of two users", _other_user, 2, 2 * TOKENS)
NEXT_TURN: Final = Probe("a conversation of two turns", _next_turn, 2, 4 * TOKENS)
OTHER_ACCOUNT: Final = Probe(
    "a prompt of two accounts", _other_account, 3, 3 * TOKENS, (Need.OTHER_KEY,)
)
IDLE_ENTRY: Final = Probe("a prompt after a long time", _idle, 3, 3 * TOKENS, (Need.CLOCK,))
FASTER: Final = Probe(
    "a long prompt twice, timed",
    _felt,
    2,
    2 * LONG * TOKENS,
    needs=(Need.DURATION,),
    attempts=3,
    content=lambda cold, warm: warm.first_byte < cold.first_byte,
)


# --- clauses


def _counts(words: str, test: Any) -> Check:
    """The cached tokens of each response, as a list."""
    return of(lambda *responses: list(map(cached, responses)), holds(words, test))


def _clause(
    about: str,
    sentence: str,
    probe: Probe,
    check: Check,
    known: Confidence = DOCUMENTED,
    source: Source = Source.PREFIX_CACHING,
) -> Clause:
    return Clause(f"cache.{about}", SECTION, sentence, known, source, probe, check)


LESS_THAN_BEFORE: Final = _counts(
    "less than when the prompt came again unchanged", lambda n: n[2] < n[1]
)

CLAUSES: Final = (
    _clause(
        "cold",
        "A prompt that is new has 0 cached tokens.",
        TWICE,
        _counts("0 for the first", lambda n: n[0] == 0),
    ),
    _clause(
        "warm",
        "The same request again has more than 0.",
        TWICE,
        _counts("more than 0 for the second", lambda n: n[1] > 0),
    ),
    _clause(
        "blocks",
        "Tokens are cached in blocks of 16.",
        TWICE,
        _counts("a multiple of 16 above 0", lambda n: n[1] % 16 == 0 < n[1]),
        INFERRED,
        Source.VLLM,
    ),
    _clause(
        "most",
        "All whole blocks of the same prompt are cached, but never the whole prompt.",
        TWICE,
        of(
            lambda _first, second: [cached(second), prompt_tokens(second)],
            holds(
                "16 × floor((prompt tokens - 1) / 16)", lambda n: n[0] == (n[1] - 1) // 16 * 16 > 0
            ),
        ),
        INFERRED,
        Source.VLLM,
    ),
    _clause(
        "character",
        "One other character at the beginning, and what follows it is not cached.",
        CHANGED,
        LESS_THAN_BEFORE,
    ),
    _clause(
        "order",
        "Messages in another order are not cached.",
        REORDERED,
        LESS_THAN_BEFORE,
    ),
    _clause(
        "prefix",
        "What two prompts have in common at their beginning is cached.",
        OTHER_QUESTION,
        of(
            lambda first, second: [cached(second), prompt_tokens(first)],
            holds("more than 0, less than the first prompt's tokens", lambda n: 0 < n[0] < n[1]),
        ),
    ),
    _clause(
        "users",
        "The cache spans users: the field user changes nothing.",
        OTHER_USER,
        _counts("more than 0 for the second user", lambda n: n[1] > 0),
    ),
    _clause(
        "reply",
        "The tokens of a reply are in the cache when the next turn comes.",
        NEXT_TURN,
        of(
            lambda first, second: [cached(second), prompt_tokens(first)],
            holds("more cached tokens than the first prompt had tokens", lambda n: n[0] > n[1]),
        ),
        INFERRED,
        Source.VLLM,
    ),
    _clause(
        "account",
        "Each account has a cache of its own.",
        OTHER_ACCOUNT,
        _counts("0 for the other account", lambda n: n[0] > 0 == n[1]),
        ASSUMED,
        Source.CHOICE,
    ),
    _clause(
        "idle",
        "What nobody uses for 5 minutes is forgotten (that it is, is documented; when, is not).",
        IDLE_ENTRY,
        _counts("more than 0 at once, 0 after 5 minutes", lambda n: n[1] > 0 == n[2]),
        ASSUMED,
    ),
    _clause(
        "faster",
        "A cached prefix lowers the time to the first token.",
        FASTER,
        of(
            lambda cold, warm: [round(cold.first_byte, 3), round(warm.first_byte, 3)],
            holds("seconds to the first token, and fewer seconds", lambda s: s[1] < s[0]),
        ),
    ),
)
