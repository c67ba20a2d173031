"""Faults: frozen values that say what goes wrong with an answer.

`electron.inject(…)` chooses which requests a fault affects.

    instead of a reply              fail(…), Reset, Close, Silence
    in any reply                    Cut, Stall, Fragment, Gzip, BadArguments, UnknownTool,
                                    EmptyChoices, ContentFilter
    in a stream only                ErrorEvent, NoDone, NoFinish, NoUsage, Duplicate, BadFrame,
                                    Comments, Crlf
    in a reply in one piece only    WrongLength

A fault that replaces the reply applies alone. Otherwise, all faults that affect a request apply
together.
"""

from mock_electron.engine.faults.fault import Fault as Fault
from mock_electron.engine.faults.replacement import Close as Close
from mock_electron.engine.faults.replacement import Fail as Fail
from mock_electron.engine.faults.replacement import Reset as Reset
from mock_electron.engine.faults.replacement import Silence as Silence
from mock_electron.engine.faults.replacement import fail as fail
from mock_electron.engine.faults.reply import BadArguments as BadArguments
from mock_electron.engine.faults.reply import ContentFilter as ContentFilter
from mock_electron.engine.faults.reply import EmptyChoices as EmptyChoices
from mock_electron.engine.faults.reply import UnknownTool as UnknownTool
from mock_electron.engine.faults.reply import WrongLength as WrongLength
from mock_electron.engine.faults.stream import BadFrame as BadFrame
from mock_electron.engine.faults.stream import Comments as Comments
from mock_electron.engine.faults.stream import Crlf as Crlf
from mock_electron.engine.faults.stream import Cut as Cut
from mock_electron.engine.faults.stream import Duplicate as Duplicate
from mock_electron.engine.faults.stream import ErrorEvent as ErrorEvent
from mock_electron.engine.faults.stream import NoDone as NoDone
from mock_electron.engine.faults.stream import NoFinish as NoFinish
from mock_electron.engine.faults.stream import NoUsage as NoUsage
from mock_electron.engine.faults.stream import Stall as Stall
from mock_electron.engine.faults.writes import Fragment as Fragment
from mock_electron.engine.faults.writes import Gzip as Gzip
