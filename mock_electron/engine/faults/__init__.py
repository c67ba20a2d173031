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

A server without faults imports none of the modules with the classes. `catalogue.py` lists those
that users see.
"""
