"""`stream-usage`: a stream without a usage chunk cannot be accounted for."""

from typing import Final

from mock_electron.audit.evidence import Evidence
from mock_electron.audit.finding import Finding, Repair, Verdict, judged, not_applicable
from mock_electron.audit.rule import Rule
from mock_electron.engine.exchange import CLIENT_LEFT
from mock_electron.traffic.lines import counted

PRACTICE: Final = (  # D: best practices
    "Without it, you can't tell how many tokens were generated when the client disconnects "
    "mid-stream. With it, the server appends a final usage chunk so your accounting is exact."
)
REPAIR: Final = Repair(
    "Ask for the usage in every stream.",
    "client.chat.completions.create(\n"
    '    model="electron",\n'
    "    messages=messages,\n"
    "    stream=True,\n"
    '    stream_options={"include_usage": True},\n'
    ")",
)


def check(seen: Evidence) -> Verdict:
    """Find the streams without `include_usage`."""
    streams = [(one, request) for one, request in seen.valid if request.stream]
    if not streams:
        return not_applicable("no request is a stream")
    without = [one for one, request in streams if not request.include_usage]
    left = sum(one.outcome == CLIENT_LEFT for one in without)
    numbers = tuple(one.number for one in without)
    return judged(_findings(numbers, left, len(streams)), counted(len(streams), "stream"))


def _findings(without: tuple[int, ...], left: int, streams: int) -> list[Finding]:
    if not without:
        return []
    reason = f"{len(without)} of {counted(streams, 'stream')} without stream_options.include_usage"
    if left:
        reason += f"; {left} of them ended early, and its tokens are not known to the client"
    title = "Streams without usage"
    return [Finding("stream-usage", "missing", "medium", title, reason, without, REPAIR)]


RULE: Final = Rule("stream-usage", "streams without `include_usage`", PRACTICE, check)
