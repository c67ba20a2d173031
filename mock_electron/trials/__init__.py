"""A scenario that runs once for each fault at each place that it reaches.

kinds.py      the faults that are tried, as a table
places.py     the requests of the run without a fault, and the chunks of their answers
plan.py       the trials: each fault at each place, the most telling ones first, and then pairs
retries.py    the script of a trial, which answers a retry as it answered the request
outcomes.py   what became of a trial, and how that is judged
search.py     which trial comes next, within the budget
progress.py   the results so far, in a file
steps.py      the lines that show a result again: as a test, and as a script file
matrix.py     the matrix of faults and requests, as text
report.py     the result: the matrix, the score, and the bad cells

Nothing here runs a scenario: `testing/fault_search.py` calls a function, and `cli/faults.py` runs a
command.
"""
