"""The processor time of an audit of 10,000 exchanges, rule by rule, and of their turns.

    python benchmarks/audit.py

2,000 conversations of five streamed turns, each with a name early in its prompt: the worst case of
`cache-prefix`. There is no socket, and the journal is read before.
"""

import gc
from time import process_time
from typing import Any, Final

from _lane import arrival
from _options import parser
from _server import machine

from mock_electron.audit import RULES, Evidence, audit
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.traffic.exchanges import Exchanges, exchanges_of
from mock_electron.traffic.turns import turns_of

CONVERSATIONS: Final = 2_000
TURNS: Final = 5
PROMPT: Final = "Answer in one short sentence. Never guess. Offer help if you do not know. " * 10


def main() -> None:
    """Print the processor seconds of each rule, and those of the whole."""
    parser(__doc__).parse_args()
    print(machine())
    exchanges = talked()
    seen = Evidence(exchanges)
    print(f"| requests parsed | {seconds(lambda: seen.requests):.2f} |")
    print(f"| conversations | {seconds(lambda: seen.conversations):.2f} |")
    for name, rule in RULES.items():
        print(f"| {name} | {seconds(lambda rule=rule: rule.check(seen)):.2f} |")
    print(f"| whole audit | {seconds(lambda: audit(exchanges)):.2f} |")
    print(f"| turns | {seconds(lambda: turns_of(exchanges, exchanges.settings)):.2f} |")


def talked() -> Exchanges:
    """Return the exchanges of all conversations."""
    lane = Lane(Settings())
    for conversation in range(CONVERSATIONS):
        prompt = f"You are helping Caller{conversation}. {PROMPT}"
        messages: list[dict[str, Any]] = [{"role": "system", "content": prompt}]
        for turn in range(TURNS):
            asked = f"Question {turn}: what about order {7 * conversation}?"
            messages = [*messages, {"role": "user", "content": asked}]
            answer = lane.open(arrival({"model": "electron", "messages": messages, "stream": True}))
            lane.close(answer, len(answer.frames))
            messages = [*messages, {"role": "assistant", "content": f"Reply {turn}."}]
    return exchanges_of(lane.exchanges(), 0, "", lane.settings)


def seconds(function: Any) -> float:
    """Return the seconds of processor time that a function takes."""
    gc.collect()
    began = process_time()
    function()
    return process_time() - began


if __name__ == "__main__":
    main()
