"""What verbs do: a table of actions, each with the verbs that mean it.

1. An action reads (it looks something up), works out (it computes from what was said) or writes (it
   changes something).
2. A verb that could mean anything, such as "get" or "give", only counts in the name of a tool.
3. Verbs are compared by their stems. A verb in several actions means all of them.

To add a verb, add it to the line of its action. A verb of no action counts as something that is asked
for in vain (`rules`).
"""

from collections.abc import Mapping
from typing import Final

from mock_electron.model.normalise import stem

READS: Final = "reads"
WORKS_OUT: Final = "works out"
WRITES: Final = "writes"

ACTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "find": (READS, "browse discover explore fetch find google identify seek locate look lookup query recommend resolve retrieve search suggest"),
    "show": (READS, "check describe display explain inspect know list monitor read review say see show status summarize tell track verify view"),
    "compute": (WORKS_OUT, "add analyze calculate compare compute convert count determine estimate evaluate forecast measure predict rate simulate solve sum subtract multiply divide translate"),
    "book": (WRITES, "book reserve schedule arrange fix order"),
    "create": (WRITES, "add build compose create draft generate insert make open register save store write"),
    "send": (WRITES, "email forward message notify post reply send share submit text mail write comment react announce broadcast"),
    "cancel": (WRITES, "cancel delete discard drop erase remove revoke undo unsubscribe"),
    "pay": (WRITES, "buy charge donate pay purchase refund transfer wire deposit withdraw"),
    "change": (WRITES, "adjust change edit modify move rename replace reschedule set switch turn update assign label"),
    "begin": (WRITES, "begin launch play resume run start execute"),
    "end": (WRITES, "close end finish pause stop kill hang merge"),
    "call": (WRITES, "call dial connect escalate phone ring hand"),
    "go": (WRITES, "navigate go visit return"),
    "remind": (WRITES, "remind wake set"),
    "touch": (WRITES, "click press type scroll tap upload download install lock unlock"),
}  # fmt: skip
"""For each action, what it does and its verbs."""
UNDOES: Final = frozenset(("cancel", "end"))
"""Actions that nobody wants who does not say so."""
VAGUE: Final = frozenset(
    map(stem, "get give have need want take provide use handle perform process".split())
)
"""Verbs of tools and of users that could mean any action."""

USUAL: Final = frozenset(
    map(
        stem,
        """
        add analyze calculate check compute create determine estimate evaluate find generate get
        identify list look make open play predict query retrieve search see set show start tell track update
        view
        """.split(),
    )
)
"""Verbs of many tools."""


def _by_stem() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for action, (_, verbs) in ACTIONS.items():
        for verb in verbs.split():
            found[stem(verb)] = found.get(stem(verb), frozenset()) | {action}
    return found


VERBS: Final[Mapping[str, frozenset[str]]] = _by_stem()
"""The actions of each verb, by its stem."""
WRITTEN: Final = frozenset(verb for _, verbs in ACTIONS.values() for verb in verbs.split())
"""The verbs, as they are written."""
OPPOSITES: Final[Mapping[str, str]] = {
    word: other
    for one, two in (
        ("on", "off"), ("open", "close"), ("in", "out"), ("up", "down"), ("start", "stop"),
        ("lock", "unlock"), ("enable", "disable"), ("increase", "decrease"), ("raise", "lower"),
        ("mute", "unmute"), ("add", "remove"), ("incoming", "outgoing"), ("buy", "sell"),
        ("deposit", "withdraw"), ("min", "max"), ("minimum", "maximum"), ("first", "last"),
        ("subscribe", "unsubscribe"), ("pause", "resume"), ("follow", "unfollow"),
        ("encode", "decode"), ("encrypt", "decrypt"), ("past", "future"),
    )
    for word, other in ((one, two), (two, one))
}  # fmt: skip
"""Words that exclude each other: a tool with one is not meant by the other."""


def actions_of(verbs: frozenset[str]) -> frozenset[str]:
    """Return the actions that stems of verbs mean."""
    return frozenset(action for verb in verbs if verb in VERBS for action in VERBS[verb])


def effects_of(actions: frozenset[str]) -> frozenset[str]:
    """Return what actions do: READS, WORKS_OUT or WRITES."""
    return frozenset(ACTIONS[action][0] for action in actions)
