"""Two worlds side by side: what a what-if tells.

other_world.py   what may be different in another world
what_if.py       both worlds and their differences
totals.py        what the requests of one world add up to
differences.py   the requests that get another answer
notes.py         what is not imitated
table.py         all this as text
"""
