"""Statements about Electron or the fake that no check over HTTP can show."""

from typing import Final

from msgspec import Struct

from mock_electron.contract.clause import ASSUMED, DOCUMENTED, INFERRED, Confidence


class Statement(Struct, frozen=True):
    """One statement about the fake.

    Attributes:
        sentence: The statement.
        confidence: How it is known of Electron.
        reason: Why no clause checks it.
    """

    sentence: str
    confidence: Confidence
    reason: str


RECORDS: Final = "only the vendor's records show it"
NO_KEY: Final = "it needs a key of that plan and hundreds of requests"
INSIDE: Final = "only its effects are visible"
RARE: Final = "no client sends it on purpose"

UNCHECKED: Final = (
    Statement(
        "When a client disconnects, generation stops. Usage counts the tokens generated until then.",
        DOCUMENTED,
        RECORDS,
    ),
    Statement(
        "The enterprise plan allows 200 requests per minute and 20 in flight.", DOCUMENTED, NO_KEY
    ),
    Statement(
        "The median time to the first token is 174 ms. The gateway takes about 20 ms of it.",
        DOCUMENTED,
        "the time of the network cannot be separated from it",
    ),
    Statement(
        "The finish reason `content_filter` exists.", DOCUMENTED, "the fake does not moderate"
    ),
    Statement(
        "A stream occupies its slot until it ends or its client disconnects.",
        INFERRED,
        "`limits.slot.freed` shows only the second case",
    ),
    Statement(
        "The model server refuses an `n` below 1, a `seed` of more than 64 bits and a malformed tool.",
        ASSUMED,
        RARE,
    ),
    Statement(
        "A `content` array with a part that is not text is refused with “Expected string, received "
        "array”, as the documented schema says of any array.",
        ASSUMED,
        "`request.content.image.issue` checks one of many kinds of parts",
    ),
    Statement(
        "The order of checks is: key, access, requests per minute, requests in flight, body, model "
        "server. A body that is too large is refused before all of them.",
        ASSUMED,
        "clauses check only some of the pairs",
    ),
    Statement(
        "A request that is refused with 400 counts for the limits.",
        ASSUMED,
        "it takes a whole minute of a plan",
    ),
    Statement(
        "Token counts come from the mock's own tokenizer; most English words are one token. The tokens of "
        "a stop string count; the end-of-sequence token does not.",
        ASSUMED,
        "the real tokenizer is not public",
    ),
    Statement(
        "The chat template has the tool definitions first, then the messages. It costs 4 tokens per "
        "message and 14 per request, 11 of them after the first message. With these numbers the "
        "documented example has its 20 tokens, and a short repeated request is cached.",
        ASSUMED,
        INSIDE,
    ),
    Statement(
        "The prefix cache holds 1,048,576 tokens. A reply is added to it when the answer is decided, "
        "not when it is sent.",
        ASSUMED,
        INSIDE,
    ),
    Statement(
        "Only fresh prompt tokens take time: 1,000 of them take the median, without the gateway's "
        "part; cached tokens take none. The pace `electron` has 5 ms per token and a jitter of 0.2; "
        "`p95` reads “typically under 300 ms” as the 95th percentile.",
        ASSUMED,
        INSIDE,
    ),
    Statement("A request head of more than 64 KiB gets a 400.", ASSUMED, RARE),
    Statement("A request with more than 1,000 headers gets a 400.", ASSUMED, RARE),
    Statement(
        "Wrong framing gets a 400 at once: a transfer coding other than `chunked`, more than one "
        "length, a length in addition to `Transfer-Encoding`, a wrong chunk size, a line that does not end "
        "with CR LF, a folded header line, a control character.",
        ASSUMED,
        RARE,
    ),
    Statement(
        "Keys of one account share its limits and its prefix cache. The setting `accounts` says which "
        "keys belong together.",
        DOCUMENTED,
        "only the user knows which keys belong together",
    ),
    Statement(
        "Arguments in the history that are not JSON are accepted (setting "
        "`refuse_broken_arguments`): vLLM refused them until July 2026.",
        ASSUMED,
        "both versions of vLLM are in use",
    ),
    Statement(
        "A request gets a 408 if its head is incomplete after 10 seconds, or if no byte of its body "
        "arrives for 10 seconds.",
        ASSUMED,
        RARE,
    ),
)

DIFFERENCES: Final = (
    "The words. The pocket model follows rules; it has no knowledge of the world.",
    "There are no `Date` and `Server` headers: the same request gets the same bytes.",
    "Without a seed the reply is the same each time (setting `sampling`). Electron's is random (D).",
    "Earlier requests change no byte of an answer except `cached_tokens`, as in the real cache; "
    "`prefix_cache_tokens=0` switches that off. Scripts, limits, faults with `times` or `every`, and "
    "a pace on a frozen clock depend on the order of arrival by design.",
    "On a frozen clock a pace takes no real time, but the clock advances.",
    'The page of a proxy, `fail(…, body="html")`, has no `X-Request-Id`: a proxy does not know it.',
    "The header `X-Mock-Electron` exists (setting `fault_header`). The response to a request with "
    "it may have the header `X-Mock-Electron-Fault`.",
    "A 404 has the JSON envelope and names the right path (setting `not_found`). Express sends HTML.",
    "A body with more than 30,000 objects and arrays, or more than 100,000 values, is refused with 400. "
    "Express reads it.",
    "A reply of the pocket model has at most 4,096 tokens. Scripts and user functions may answer with "
    "more.",
    "A refusal has at most 1,000 issues, and of an array that is too long only the first 10,000 "
    "members are checked. Zod has no such bounds.",
    "In a long reply, only the first tokens have all alternatives: 173 with `top_logprobs: 20`. Later "
    "tokens list only themselves.",
    "A prompt of more than 200,000 characters that cannot fit into the context is refused after "
    "32,768 tokens of it are counted. The error then gives an estimate of its size.",
    "The error for malformed JSON names the position. JSON that is nested more than 240 levels deep "
    "or is not UTF-8 is malformed. A lone surrogate in a string gets a 400 that names it.",
    "A body that is compressed with deflate is inflated with and without the header of zlib. Express "
    "requires the header. The content encoding `x-gzip` equals `gzip`, as in RFC 9110. Express refuses "
    "it.",
    "A stream without a fault, and without a pace on a real clock, is sent in one write: the same "
    "bytes, at once.",
    "Without `--api-key`, every key is accepted except `sk_mock_revoked`, which gets 401, and "
    "`sk_mock_forbidden`, which gets 403. `sk_mock_standard`, `sk_mock_enterprise` and "
    "`sk_mock_unlimited` select a plan. With a suffix after a hyphen, as in `sk_mock_standard-7`, "
    "each is a separate account.",
    "With the setting `list_models`, `GET {base}/models` lists the model. Electron answers 404.",
    "A request with the header `X-Mock-Electron-Lane`, or with an API key that begins with `sk_lane_`, "
    "is for the lane with that name. With the setting `reveal`, answers have headers that begin with "
    "`X-Mock-Electron-`. With the setting `cors`, they have those of CORS.",
    "`/healthz`, `/openapi.json`, `/lanes/…` and `/_mock` exist only in the mock. So do the 404 `not_scripted` "
    "of a strict lane and the 410 `test_ended` for a request that arrives after its test.",
    "A script can answer with what Electron never sends: any finish reason, usage or headers.",
    "A client that closes only its sending side gets its answer. If such a client then closes the "
    "whole connection, the server may notice this only when it sends the next byte.",
    "Requests that a client sends before the previous answer has ended (pipelining, which no client "
    "library does) are handled one by one. If it disconnects, the others are not recorded. If more than "
    "1 MiB of them is waiting, macOS and Windows do not say that the client has disconnected: the server "
    "may notice it only when it sends the next byte.",
    "An offer to upgrade to HTTP/2 is ignored. A client that begins with HTTP/2 gets a GOAWAY, and one "
    "that begins with TLS a 400; the log names both. An HTTP/1.0 client gets a stream as one body.",
)
"""Where the fake differs from Electron on purpose."""
