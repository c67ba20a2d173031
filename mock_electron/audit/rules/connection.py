"""`connection`: connections that are not reused, voice turns that are not streamed, no time-out.

1. A connection is needless if it is new although the client had an idle one that the server had
   kept open. Clients that open one for each of a few requests, as tests do, are not judged.
2. A turn is for voice if its system prompt asks for a filler, or says that replies are spoken.
3. The OpenAI client says its time-out in a header, and nothing if it has none. That of other
   clients is not seen.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Final

from mock_electron._regex import regex
from mock_electron.audit.back_off import Client, client
from mock_electron.audit.evidence import Evidence
from mock_electron.audit.finding import (
    Finding,
    Repair,
    Verdict,
    judged,
    not_applicable,
)
from mock_electron.audit.rule import Rule
from mock_electron.engine.exchange import Exchange
from mock_electron.model import filler
from mock_electron.traffic.lines import counted
from mock_electron.wire.request import ChatRequest

PRACTICE: Final = (  # D: model card, voice cookbook, in other words
    "Model card: reuse keep-alive connections. Voice cookbook: stream everything, with a time-out "
    "of about 10 s."
)
TIME_OUT: Final = b"x-stainless-read-timeout"
"""The header with which the OpenAI client says for how long it waits, in seconds."""
LANGUAGE: Final = b"x-stainless-lang"
VERSION: Final = b"x-stainless-package-version"
VOICE: Final = regex(
    r"\byou(?:['\u2019]re| are) "
    r"(?:(?!(?:about|for|from|never|no|not|of|that|to|which|who|with|[a-z]+ing)\b)[a-z-]+,? ){0,4}"
    r"voice (?:agent|assistant|bot)(?=[ \"']*(?:$|[,;:(\u2013\u2014-]"
    r"|(?:and|at|called|for|from|in|named|of|on|that|who|whose|with|[a-z]+ing)\b))"
)
"""What the assistant is told about itself, in lower case. "You are testing a voice agent" and "You
are a voice agent developer" are something else."""
ANSWERS: Final = regex(
    r"\byour (?:\w+ )?"
    r"(?:answer|message|output|repl(?:y|ie)|response|sentence|speech|text|word)s?(?![\w-])"
    r"|\b(?:all|anything|everything|what|whatever) (?:that )?you (?:say|write)\b"
)
ALOUD: Final = regex(
    r"\b(?:said|spoken) aloud\b|\bread (?:aloud|out)\b"
    r"|\b(?:converted|turned) (?:in)?to (?:audio|speech)\b"
    r"|\b(?:by|into|through|to|via|with) (?:\w+ ){0,2}(?:text-to-speech|tts)\b"
)
"""A sentence with both says that replies are spoken."""
SENTENCE: Final = regex(r"[.!?\n]")
KEPT_OPEN: Final = 2.0
"""Seconds for which every client keeps an idle connection."""
REUSE: Final = Repair(
    "Create one client, and use it for all requests.",
    "from openai import OpenAI\n\n"
    "client = OpenAI(base_url=base_url, api_key=api_key)  # once, not for each request",
)
STREAM: Final = Repair(
    "Stream the reply, so that speech begins with its first words.",
    "stream = client.chat.completions.create(\n"
    '    model="electron",\n'
    "    messages=messages,\n"
    "    stream=True,\n"
    '    stream_options={"include_usage": True},\n'
    ")",
)
GIVE_UP: Final = Repair(
    "Give the client a time-out of about 10 seconds.",
    "from openai import OpenAI\n\nclient = OpenAI(base_url=base_url, api_key=api_key, timeout=10)",
)


def check(seen: Evidence) -> Verdict:
    """Look at the connections, at the turns for voice, and at the time-outs."""
    if not seen.exchanges:
        return not_applicable("no request")
    voice = _voice_turns(seen)
    findings = [*_needless(seen), *_whole(voice), *_without_time_out(seen)]
    used = {one.connection for one in seen.exchanges if one.connection is not None}
    said = (
        f"{counted(len(seen.exchanges), 'request')}, {counted(len(used), 'connection')}, "
        f"{counted(len(voice), 'turn')} for voice"
    )
    return judged(findings, said, _unseen(seen))


# --- connections


def _needless(seen: Evidence) -> list[Finding]:
    """Return the finding about clients that open a connection for each of many requests."""
    if not seen.pauses_are_known:
        return []
    by_client: dict[Client, list[Exchange]] = {}
    for one in seen.exchanges:
        if one.connection is not None:
            by_client.setdefault(client(one), []).append(one)
    least = seen.thresholds.connection_requests
    wasteful = [
        requests
        for requests in by_client.values()
        if len(requests) >= least and _never_reuses(requests)
    ]
    numbers = sorted(one.number for requests in wasteful for one in requests)
    if not numbers:
        return []
    reason = (
        f"{len(numbers)} requests, each on a connection of its own, although earlier ones were "
        "still open: each pays for the handshakes of TCP and TLS"
    )
    title = "A new connection per request"
    return [Finding("connection", "not-reused", "medium", title, reason, tuple(numbers), REUSE)]


def _never_reuses(requests: Sequence[Exchange]) -> bool:
    """Return whether each request has its own connection, and nearly all could have reused one."""
    if len({one.connection for one in requests}) < len(requests):
        return False
    needless = 0
    latest: float | None = None  # when the latest connection became idle
    for one in requests:
        arrived = one.monotonic.arrived or 0.0
        if latest is not None and 0 <= arrived - latest <= KEPT_OPEN:
            needless += 1
        ended = one.monotonic.ended
        if ended is not None and _stays_open(one):
            latest = ended if latest is None else max(latest, ended)
    return needless * 2 > len(requests)


def _stays_open(one: Exchange) -> bool:
    """Return whether the server kept the connection after an answer that the client took whole."""
    closes = one.response_headers.get("connection", "").lower() == "close"
    return one.status != 0 and one.outcome in ("complete", "refused") and not closes


# --- voice


def _voice_turns(seen: Evidence) -> list[tuple[Exchange, ChatRequest]]:
    """Return the turns whose replies are to be spoken."""
    known: dict[str, bool] = {}
    found = []
    for one, request in seen.valid:
        prompt = "\n".join(request.texts("system"))
        if prompt and prompt not in known:
            known[prompt] = is_for_voice(prompt)
        is_text = request.response_format == "text" and request.tool_choice in ("auto", "none")
        if prompt and known[prompt] and is_text:
            found.append((one, request))
    return found


def is_for_voice(prompt: str) -> bool:
    """Return whether a system prompt asks for a filler, or says that replies are spoken."""
    sentences = SENTENCE.split(prompt.lower())
    return filler.wanted(prompt) or any(
        VOICE.search(one) or (ANSWERS.search(one) and ALOUD.search(one)) for one in sentences
    )


def _whole(voice: Sequence[tuple[Exchange, ChatRequest]]) -> list[Finding]:
    whole = tuple(one.number for one, request in voice if not request.stream)
    if not whole:
        return []
    reason = (
        f"{len(whole)} of {counted(len(voice), 'turn')} for voice in one piece: speech begins "
        "after the last word instead of the first"
    )
    title = "Voice turns without a stream"
    return [Finding("connection", "not-streamed", "medium", title, reason, whole, STREAM)]


# --- time-outs


def _without_time_out(seen: Evidence) -> list[Finding]:
    least = seen.thresholds.connection_timeout
    found = [one for one in seen.exchanges if (_time_out(one) or 0.0) >= least]
    if not found:
        return []
    reason = (
        f"{counted(len(found), 'request')} of a client without a time-out, or with one of "
        f"{least:g} s or more, as `openai` has by default; the vendor's cookbook gives a voice "
        "agent about 10 s"
    )
    numbers = tuple(one.number for one in found)
    return [
        Finding("connection", "no-time-out", "low", "No client time-out", reason, numbers, GIVE_UP)
    ]


def _time_out(one: Exchange) -> float | None:
    """Return for how many seconds a client waits, or infinity; None if it does not say."""
    said = {name.lower(): value for name, value in one.raw_headers}
    if TIME_OUT not in said:
        return inf if _would_say(said) else None
    try:
        return float(said[TIME_OUT])
    except ValueError:
        return None


def _would_say(headers: Mapping[bytes, bytes]) -> bool:
    """Return whether a client with a time-out would say so: `openai` for Python, from 2.0 on."""
    major = headers.get(VERSION, b"").partition(b".")[0]
    return headers.get(LANGUAGE) == b"python" and major.isdigit() and int(major[:4]) >= 2


def _unseen(seen: Evidence) -> list[str]:
    exchanges, hidden = seen.exchanges, []
    if len(exchanges) >= seen.thresholds.connection_requests:
        if all(one.connection is None for one in exchanges):
            hidden.append("connections: the journal has no numbers of them")
        elif not seen.pauses_are_known:
            hidden.append("idle connections: the clock is frozen, and a file has no other one")
    if all(_time_out(one) is None for one in exchanges):
        hidden.append(f"time-outs: no client sends {TIME_OUT.decode()}")
    return hidden


RULE: Final = Rule(
    "connection",
    "connections that are not reused, voice turns that are not streamed, no time-out",
    PRACTICE,
    check,
)
