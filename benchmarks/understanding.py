"""How much of what people say the pocket model understands.

    python benchmarks/understanding.py

Each turn of the conversations in `benchmarks/conversations/` is a request, after the history
that should have happened. A turn is right if the calls and all of their arguments are, or if no
call is made where a question or words are due. The rules were made with most of these
conversations in view, so the figures say whether a change is better, and nothing about other
conversations.
"""

import json
from collections import Counter

from _conversations import Call, Spoken, is_right, turns
from _lane import arrival
from _options import parser

from mock_electron import Settings
from mock_electron.engine.lane import Lane


def made(lane: Lane, turn: Spoken) -> list[Call]:
    """Return the calls that the pocket model makes for a turn."""
    body = {"model": "electron", "messages": turn.messages, "tools": turn.tools}
    answer = lane.open(arrival(body))
    lane.close(answer, len(answer.frames))
    message = json.loads(b"".join(answer.frames))["choices"][0]["message"]
    return [
        (call["function"]["name"], json.loads(call["function"]["arguments"]))
        for call in message.get("tool_calls") or ()
    ]


def main() -> None:
    """Print the share of right turns, for each file, style and kind."""
    options = parser(__doc__)
    options.add_argument("--misses", action="store_true", help="print the turns that are wrong")
    shows_misses = options.parse_args().misses
    lane, right, all_of = Lane(Settings()), Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
    for turn in turns():
        calls = made(lane, turn)
        is_good = is_right(calls, turn.expected)
        for key in ((turn.source, turn.style, turn.kind), ("all", "all", turn.kind)):
            all_of[key] += 1
            right[key] += is_good
        if shows_misses and not is_good:
            said = turn.messages[-1]["content"]
            print(f"{turn.conversation}: {said!r}\n    made {calls}\n    right {turn.expected}")
    for counted in sorted(all_of):
        share = right[counted] / all_of[counted]
        print(
            "{:14} {:9} {:6}".format(*counted),
            f"{right[counted]:5} of {all_of[counted]:5} {share:7.1%}",
        )


if __name__ == "__main__":
    main()
