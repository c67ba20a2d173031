"""Faults: frozen values that say what goes wrong with an answer.

`electron.inject(…)` chooses which requests a fault affects.

    instead of a reply              fail(…), Reset, Close, Silence
    in any reply                    Cut, Stall, Fragment, Gzip, BadArguments, UnknownTool,
                                    EmptyChoices, ContentFilter, ErrorBody, Raw, ByteOrderMark
    in a stream only                ErrorEvent, NoDone, NoFinish, TwoFinishes, NoUsage, Duplicate,
                                    BadFrame, Comments, Crlf, BareCr, NoSpace, DataLines,
                                    EventFields
    in tool calls of a stream only  RepeatedCall, SameIndex, NoIndex, CallsInOneChunk
    in a reply in one piece only    WrongLength

A fault that replaces the reply applies alone. Otherwise, all faults that affect a request apply
together.
"""

from mock_electron.engine.faults.bodies import ErrorBody as ErrorBody
from mock_electron.engine.faults.bodies import Raw as Raw
from mock_electron.engine.faults.calls import CallsInOneChunk as CallsInOneChunk
from mock_electron.engine.faults.calls import NoIndex as NoIndex
from mock_electron.engine.faults.calls import RepeatedCall as RepeatedCall
from mock_electron.engine.faults.calls import SameIndex as SameIndex
from mock_electron.engine.faults.calls import TwoFinishes as TwoFinishes
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
from mock_electron.engine.faults.spellings import BareCr as BareCr
from mock_electron.engine.faults.spellings import ByteOrderMark as ByteOrderMark
from mock_electron.engine.faults.spellings import DataLines as DataLines
from mock_electron.engine.faults.spellings import EventFields as EventFields
from mock_electron.engine.faults.spellings import NoSpace as NoSpace
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
