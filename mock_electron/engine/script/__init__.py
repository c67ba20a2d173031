"""The script: an ordered list of steps. The first that matches and has uses left answers.

script.py             Script: the steps of a lane, and how often each has answered
step.py               Step: a match, an answer, and the maximum number of uses
responder.py          user functions that answer
match.py              Match: the requests that a step answers
conditions.py         the table of conditions
arguments.py          the arguments of scripted calls, checked against the offered tools
shadow.py             steps that never answer, because an earlier step answers their requests
words.py              words of the request in scripted replies
condition_values.py   the kinds of values that conditions take
match_input.py        MatchInput: what conditions compare
text.py               texts that conditions search for
"""
