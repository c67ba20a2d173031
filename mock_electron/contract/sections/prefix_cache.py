"""5. The prefix cache, as `cached_tokens` shows it.

Each probe starts with a prompt that contains the target's salt, so that the cache cannot know it.
"""

from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from mock_electron.contract.checks import reading, satisfies
from mock_electron.contract.clause import Check, Source
from mock_electron.contract.probe import Probe, Responses, UnmetError, body, system, user
from mock_electron.contract.response import Response
from mock_electron.contract.sections import usage
from mock_electron.contract.sections.probes import CONTENT
from mock_electron.contract.target import Need

if TYPE_CHECKING:
    from mock_electron.contract.session import Session

SECTION: Final = replace(usage.SECTION, prefix="cache", documented_in=Source.PREFIX_CACHING)

POLICY: Final = (
    "You are the assistant of a small library. The library is open from nine to six. Books are "
    "lent for three weeks, and films for one. A fine is ten rupees a day. Be kind, and be brief. "
)
IDLE: Final = 301.0
"""Seconds after which the cache forgets an unused entry (A: 5 minutes)."""
TOKENS: Final = 80
"""Approximate tokens of a request with the policy."""
REPETITIONS: Final = 24
"""Repetitions of the policy in a prompt that takes time to read."""
PAIRS: Final = 5
"""Maximum number of cold and warm requests that are timed."""
MIN_SECONDS: Final = 0.05
"""Seconds to the first byte; a cold reply below it takes no time."""
LONG_PROMPTS: Final = (
    f"long prompts whose first token takes at least {MIN_SECONDS:g} s; run it against a fake "
    "with a real clock and a pace such as 174:5"
)
CLEARLY_FASTER: Final = 0.9
"""Maximum ratio of the warm to the cold time to the first token."""


def prompt(session: "Session", name: str, question: str = "When do you open?") -> dict[str, Any]:
    """Return a body that only one probe sends, and only in this run."""
    return body(
        messages=[system(f"{name} {session.target.salt}. {POLICY}"), user(question)], max_tokens=1
    )


def cached(response: Response) -> int:
    """Return the cached tokens of a reply."""
    return int(response.at("usage.prompt_tokens_details.cached_tokens"))


def prompt_tokens(response: Response) -> int:
    """Return the prompt tokens of a reply."""
    return int(response.at("usage.prompt_tokens"))


# --- probes


def _twice(session: "Session", attempt: int) -> Responses:
    first = prompt(session, f"Twice {attempt}")
    return session.ask(first), session.ask(first)


def _changed(session: "Session", attempt: int) -> Responses:
    first, changed = prompt(session, f"Abc {attempt}"), prompt(session, f"abc {attempt}")
    return session.ask(first), session.ask(first), session.ask(changed)


def _reordered(session: "Session", attempt: int) -> Responses:
    first = prompt(session, f"Order {attempt}")
    reordered = first | {"messages": first["messages"][::-1]}
    return session.ask(first), session.ask(first), session.ask(reordered)


def _other_question(session: "Session", attempt: int) -> Responses:
    name = f"Tail {attempt}"
    first, second = prompt(session, name), prompt(session, name, "And when do you close?")
    return session.ask(first), session.ask(second)


def _other_user(session: "Session", attempt: int) -> Responses:
    first = prompt(session, f"Users {attempt}")
    return session.ask(first | {"user": "asha"}), session.ask(first | {"user": "ravi"})


def _next_turn(session: "Session", attempt: int) -> Responses:
    text = "Tell me in five sentences what a library is for."
    turn = prompt(session, f"Turns {attempt}", text) | {"max_tokens": 64}
    first = session.ask(turn)
    reply = {"role": "assistant", "content": first.at(CONTENT) or ""}
    return first, session.ask(turn | {"messages": [*turn["messages"], reply, user("Go on.")]})


def _other_account(session: "Session", attempt: int) -> Responses:
    first = prompt(session, f"Accounts {attempt}")
    session.ask(first)
    return session.ask(first), session.ask(first, key=Need.OTHER_KEY)


def _idle(session: "Session", attempt: int) -> Responses:
    prompted = prompt(session, f"Idle {attempt}")
    first, second = session.ask(prompted), session.ask(prompted)
    session.wait(IDLE, "the prefix cache drops what is not used")
    return first, second, session.ask(prompted)


def _timed(session: "Session", _attempt: int) -> Responses:
    """Return pairs of a cold and a warm reply: one if it is clear, otherwise several.

    Raises UnmetError as soon as a cold reply takes too little time.
    """
    pairs: list[Response] = []
    for number in range(PAIRS):
        text = f"Time {number} {session.target.salt}. {POLICY * REPETITIONS}"
        timed = body(messages=[system(text), user("When?")], max_tokens=1, stream=True)
        cold = session.ask(timed)
        if cold.first_byte < MIN_SECONDS:
            raise UnmetError(LONG_PROMPTS)
        pairs += [cold, session.ask(timed)]
        if number == 0 and _is_faster(_median_times(*pairs)):
            break
    return tuple(pairs)


def _probe(
    name: str,
    run: Callable[["Session", int], Responses],
    requests: int,
    tokens: int,
    needs: tuple[Need, ...] = (),
) -> Probe:
    return Probe(name, run, requests, tokens, needs, has_new_prompts=True)


TWICE: Final = _probe("a prompt twice", _twice, 2, 2 * TOKENS)
CHANGED: Final = _probe("a prompt, and one with another beginning", _changed, 3, 3 * TOKENS)
REORDERED: Final = _probe("a prompt, and its messages in another order", _reordered, 3, 3 * TOKENS)
OTHER_QUESTION: Final = _probe("a prompt, and another question", _other_question, 2, 2 * TOKENS)
OTHER_USER: Final = _probe("a prompt of two users", _other_user, 2, 2 * TOKENS)
NEXT_TURN: Final = _probe("a conversation of two turns", _next_turn, 2, 4 * TOKENS)
OTHER_ACCOUNT: Final = _probe(
    "a prompt of two accounts", _other_account, 3, 3 * TOKENS, (Need.OTHER_KEY,)
)
IDLE_ENTRY: Final = _probe("a prompt after a long time", _idle, 3, 3 * TOKENS, (Need.CLOCK,))
TIMED: Final = _probe(
    "a long prompt twice, timed", _timed, 2, 2 * REPETITIONS * TOKENS, (Need.DURATION,)
)


# --- checks


def _counts(description: str, test: Any) -> Check:
    """Check the list of the cached tokens of each response."""
    return reading(lambda *responses: list(map(cached, responses)), satisfies(description, test))


def _cached_and_prompt(first: Response, second: Response) -> list[int]:
    """Return the cached tokens of the second reply and the prompt tokens of the first."""
    return [cached(second), prompt_tokens(first)]


def _median_times(*pairs: Response) -> list[float]:
    """Return the median seconds to the first byte of the cold and of the warm replies."""
    times = [response.first_byte for response in pairs]
    return [round(median(times[::2]), 3), round(median(times[1::2]), 3)]


def _is_faster(times: list[float]) -> bool:
    cold, warm = times
    return warm < CLEARLY_FASTER * cold


LESS_THAN_BEFORE: Final = _counts("less than for the repeated prompt", lambda n: n[2] < n[1])
ALL_BLOCKS: Final = satisfies(
    "16 × floor((prompt tokens - 1) / 16)", lambda n: n[0] == (n[1] - 1) // 16 * 16 > 0
)

# fmt: off
CLAUSES: Final = (
    SECTION.documented("cold", "A new prompt has 0 cached tokens.",
        TWICE, _counts("0 for the first", lambda n: n[0] == 0)),
    SECTION.documented("warm", "A repeated request has more than 0 cached tokens.",
        TWICE, _counts("more than 0 for the second", lambda n: n[1] > 0)),
    SECTION.inferred("blocks", "Tokens are cached in blocks of 16.",
        TWICE, _counts("a multiple of 16 above 0", lambda n: n[1] % 16 == 0 < n[1])),
    SECTION.inferred("most",
        "All complete blocks of a repeated prompt are cached, but never the whole prompt.",
        TWICE, reading(lambda _first, second: [cached(second), prompt_tokens(second)], ALL_BLOCKS)),
    SECTION.documented("character",
        "If one character at the start of a prompt changes, the text after it is not cached.",
        CHANGED, LESS_THAN_BEFORE),
    SECTION.documented("order", "Messages in another order are not cached.",
        REORDERED, LESS_THAN_BEFORE),
    SECTION.documented("prefix", "The common prefix of two prompts is cached.",
        OTHER_QUESTION, reading(_cached_and_prompt, satisfies(
            "more than 0, less than the first prompt's tokens", lambda n: 0 < n[0] < n[1]))),
    SECTION.documented("users", "The cache is shared by users: the field `user` changes nothing.",
        OTHER_USER, _counts("more than 0 for the second user", lambda n: n[1] > 0)),
    SECTION.inferred("reply", "The tokens of a reply are cached for the next turn.",
        NEXT_TURN, reading(_cached_and_prompt, satisfies(
            "more cached tokens than the first prompt had tokens", lambda n: n[0] > n[1]))),
    SECTION.assumed("account", "Each account has its own cache.",
        OTHER_ACCOUNT, _counts("0 for the other account", lambda n: n[0] > 0 == n[1])),
    SECTION.assumed("idle",
        "Tokens that are unused for 5 minutes are no longer cached (the time is assumed, the rest "
        "is documented).",
        IDLE_ENTRY, _counts("more than 0 at once, 0 after 5 minutes", lambda n: n[1] > 0 == n[2]),
        source=Source.PREFIX_CACHING),
    SECTION.documented("faster", "A cached prefix lowers the time to the first token.",
        TIMED, reading(_median_times, satisfies(
            "median seconds to the first token, and at least 10 % fewer seconds", _is_faster))),
)
# fmt: on
