"""What happened, read back.

exchanges.py      Exchanges: a sequence with filters and exports
filters.py        which exchanges: conditions on request and answer
lines.py          an exchange in one line
assertions.py     what is hard to say with a plain assert
strict.py         what the end of a strict test asks
tool_results.py   whether every call came back as it was sent, with its result
recording.py      exchanges → the steps that would answer them again
json_lines.py, har.py   exports
"""
