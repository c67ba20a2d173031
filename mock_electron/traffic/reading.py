"""Journal files read back: `.jsonl` as `Exchanges.save` and `serve --journal` write it.

1. Lines may be selected, sorted or joined. The exchanges of a lane are in the order of their
   numbers.
2. A file that is not entirely a journal is refused: the message has the line and the reason.
3. Lines of format 1, which earlier versions wrote, have no settings. Those of a later format are
   refused.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.settings import Settings
from mock_electron.inputs.checks import check_path
from mock_electron.inputs.spelling import escaped
from mock_electron.outputs.redaction import redact_message
from mock_electron.traffic.exchanges import Exchanges, exchanges_of
from mock_electron.traffic.exports.json_lines import FORMAT
from mock_electron.traffic.journal_line import JournalLine
from mock_electron.traffic.world import settings_of
from mock_electron.wire import codec

Lanes = Mapping[str, Exchanges]
"""The exchanges of each lane, by its name."""
DEFAULT_LANE: Final = "default"
HOW_TO_SAVE: Final = (
    "`electron.exchanges.save('FILE.jsonl')` and `serve --journal FILE.jsonl` write one"
)
LINE: Final = msgspec.json.Decoder(JournalLine)


class JournalError(ValueError):
    """A journal file cannot be read.

    Attributes:
        name: The name of the file.
        line: The number of the line, from 1; 0 for the whole file.
        words: What is wrong.
    """

    __module__ = "mock_electron"  # as reports show it

    def __init__(self, name: str, line: int, words: str) -> None:
        self.name: str = name
        self.line: int = line
        self.words: str = words
        place = f":{line}" if line else ""
        super().__init__(f"{escaped(name)}{place}: {escaped(redact_message(words))}")


def read_journal(path: str | Path) -> Lanes:
    """Return the exchanges in a journal file, by the name of their lane.

    Args:
        path: The file, with the extension `.jsonl`.

    Raises:
        JournalError: If the file is not a journal, or cannot be read.

    Example:
        exchanges = read_journal("exchanges.jsonl")["default"]
    """
    check_path("path", path)
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise JournalError(str(path), 0, f"cannot be read: {error.strerror}") from error
    return parse_journal(data, str(path))


def parse_journal(data: bytes, name: str = "journal") -> Lanes:
    """Return the exchanges in the bytes of a journal file, by the name of their lane.

    Args:
        data: The content of the file.
        name: The name of the file, for messages.

    Raises:
        JournalError: If it is not a journal.
    """
    lanes: dict[str, dict[int, Exchange]] = {}
    worlds: dict[str, Settings] = {}
    for number, line in _lines(data, name):
        known = lanes.setdefault(line.lane, {})
        try:
            exchange = line.exchange
            if line.lane not in worlds:
                worlds[line.lane] = settings_of(line.settings)
        except (TypeError, ValueError) as error:
            raise JournalError(name, number, str(error)) from error
        if exchange.number in known:
            words = f"exchange #{exchange.number} of the lane {line.lane!r} was there already"
            raise JournalError(name, number, words)
        tokens = worlds[line.lane].chunk_tokens
        known[exchange.number] = replace(exchange, chunk_tokens=tokens)
    if not lanes:
        raise JournalError(name, 0, f"is empty; {HOW_TO_SAVE}")
    return {
        lane: exchanges_of([known[key] for key in sorted(known)], 0, "", worlds[lane])
        for lane, known in sorted(lanes.items())
    }


def _lines(data: bytes, name: str) -> Iterator[tuple[int, JournalLine]]:
    """Yield the lines of a file with their numbers. Empty lines are skipped."""
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    for number, text in enumerate(lines, 1):
        if text.strip():
            yield number, _line(text, number, name, is_last=number == len(lines))


def _line(text: bytes, number: int, name: str, *, is_last: bool) -> JournalLine:
    try:
        text.decode()  # also what the reader leaves as it is written
        line = LINE.decode(text)
        codec.checked_text(line.lane, "lane")
    except msgspec.ValidationError as error:
        raise JournalError(name, number, _not_a_line(text, str(error))) from error
    except (ValueError, RecursionError) as error:
        cut = "the file ends in the middle of this line" if is_last and number > 1 else ""
        what = cut or f"is not JSON ({error}); {HOW_TO_SAVE}"
        raise JournalError(name, number, what) from error
    if line.format > FORMAT:
        words = (
            f"has format {line.format}, and this version of mock-electron reads up to {FORMAT}; "
            "update it"
        )
        raise JournalError(name, number, words)
    return line


def _not_a_line(text: bytes, reason: str) -> str:
    if text.lstrip().startswith(b'{"log"'):
        return f"is an HTTP Archive, which has no replies; {HOW_TO_SAVE}"
    return f"is not a line of a journal: {reason}; {HOW_TO_SAVE}"
