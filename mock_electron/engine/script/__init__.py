"""The script: an ordered list of steps; the first that matches and has uses left answers.

match.py       Match: which requests; what it misses says why
step.py        Step: a match, an answer, how many uses
script.py      Script: the steps of a lane, and their uses
responder.py   functions in the place of an answer
"""

from mock_electron.engine.script.match import Match as Match
from mock_electron.engine.script.step import Step as Step
