"""The script: an ordered list of steps. The first that matches and has uses left answers.

match.py        Match: the requests that a step is for
step.py         Step: a match, an answer, and a number of uses
script.py       Script: the steps of a lane, with their number of uses
responder.py    user functions that answer
"""

from mock_electron.engine.script.match import Match as Match
from mock_electron.engine.script.step import Step as Step
