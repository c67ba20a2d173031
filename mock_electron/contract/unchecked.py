"""What is said of Electron, or done by the fake, that no check over HTTP can show."""

from dataclasses import dataclass
from typing import Final

from mock_electron.contract.clause import ASSUMED, DOCUMENTED, INFERRED, Confidence


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence about the fake, how it is known of Electron, and why no clause checks it."""

    sentence: str
    confidence: Confidence
    why: str


RECORDS: Final = "only the vendor's records would show it"
NO_KEY: Final = "it would need a key of that plan, and hundreds of requests"
INSIDE: Final = "it shows in nothing but its consequences"
RARE: Final = "nobody sends it on purpose"

BEYOND: Final = (
    Statement(
        "When a client leaves, generation stops, and usage counts the tokens generated until then.",
        DOCUMENTED,
        RECORDS,
    ),
    Statement("The enterprise plan: 200 requests a minute, 20 in flight.", DOCUMENTED, NO_KEY),
    Statement(
        "About 20 ms of the time to the first token are the gateway's; its median is 174 ms.",
        DOCUMENTED,
        "the network's own time cannot be told from it",
    ),
    Statement("The finish reason content_filter exists.", DOCUMENTED, "no moderation runs"),
    Statement(
        "A stream holds its slot until it ends or its client has left.",
        INFERRED,
        "limits.slot.freed shows the half of it",
    ),
    Statement(
        "n below 1, a seed beyond 64 bits and a malformed tool are refused by the model server.",
        ASSUMED,
        RARE,
    ),
    Statement(
        "Content that is no text part is refused as “Expected string, received array”: the documented "
        "schema says so of an array.",
        ASSUMED,
        "request.content.image.issue checks one of many kinds of parts",
    ),
    Statement(
        "The order of checks: key, access, requests a minute, requests in flight, body, model "
        "server; a body that is too large is refused before all of them.",
        ASSUMED,
        "some of its pairs are clauses",
    ),
    Statement("A 400 has passed the limits, and counts.", ASSUMED, "it would take a plan's minute"),
    Statement(
        "Token counts: the tokenizer is the mock's own, near to English words. Tokens of a stop "
        "string are counted; the end-of-sequence token is not.",
        ASSUMED,
        "nobody outside has the tokenizer",
    ),
    Statement(
        "The chat template: tool definitions first, then the messages. It costs 4 tokens a message, "
        "and 14 once; 11 of these stand behind the first message. So the documented example has "
        "its 20 tokens, and a short request is cached when it comes a second time.",
        ASSUMED,
        INSIDE,
    ),
    Statement(
        "The prefix cache holds 1,048,576 tokens. What a reply adds to it enters when the answer is "
        "decided, not when it is sent.",
        ASSUMED,
        INSIDE,
    ),
    Statement(
        "Only fresh tokens take time: 1,000 of them take the median, less the overhead; cached ones "
        "take none. The pace electron has a jitter of 0.2 and 5 ms a token.",
        ASSUMED,
        INSIDE,
    ),
    Statement("A request head over 64 KiB is a 400.", ASSUMED, RARE),
    Statement(
        "A head that is not complete after 10 seconds, or a body of which no byte comes for 10 "
        "seconds, is a 408.",
        ASSUMED,
        RARE,
    ),
)

DIFFERENT: Final = (
    "What is said. The pocket model follows rules; it knows nothing of the world.",
    "No Date and no Server header: the same request gives the same bytes.",
    "Without a seed the reply is the same each time (setting `sampling`); Electron's is random (D).",
    "What other requests came before changes no byte of an answer, but for `cached_tokens`, as in "
    "the real cache; `prefix_cache_tokens=0` switches that off. A script, a limit, a fault with "
    "`times` or `every`, and a pace on a frozen clock go by the order of arrival, since that is what "
    "they are for.",
    "On a frozen clock nobody waits for a pace, but the clock goes forward.",
    'A proxy\'s page, `fail(…, body="html")`, has no `X-Request-Id`: a proxy knows none.',
    "The header `X-Mock-Electron` (setting `fault_header`).",
    "404 in the JSON envelope, naming the right path (setting `not_found`); Express answers HTML.",
    "Malformed JSON says where it is malformed. JSON nested deeper than 240 levels is malformed, and "
    "so is JSON that is not UTF-8.",
    "A stream without a fault, and without a pace that is felt, goes out in one write: the same "
    "bytes, all at once.",
    "Without `--api-key` every key is let in. `sk_mock_revoked` gets 401, `sk_mock_forbidden` 403; "
    "`sk_mock_standard`, `sk_mock_enterprise` and `sk_mock_unlimited` carry their plan; with a name behind a hyphen, such as `sk_mock_standard-7`, each is an account of its own.",
    "`/healthz`, `/openapi.json` and `/lanes/…` are the mock's own, and so are 404 `not_scripted` in a strict lane "
    "and 410 `test_ended` for a request that comes after its test.",
    "What is scripted may be what Electron never says: a finish reason, a usage, headers of one's "
    "own.",
    "A client that closes its sending side has left: with a pace, it gets no more than it has by "
    "then.",
    "A client that sends its next request before the answer to the last one has ended (pipelining, "
    "which no client library does) and then leaves is noticed with the last byte only.",
    "An offer to upgrade to HTTP/2 is ignored; HTTP/1.0 gets a stream in one piece.",
)
"""Where the fake differs from Electron on purpose."""
