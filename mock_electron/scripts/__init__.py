"""Script files: steps in YAML or JSON, in the words of `electron.when(…).reply(…)`.

source.py     text → a document, and on which line each part of it stands
schema.py     what a document may say, as JSON Schema
problems.py   what is wrong with one, in words
reader.py     a document → steps
writer.py     steps → YAML
"""

from mock_electron.scripts.problems import Problem as Problem
from mock_electron.scripts.problems import ScriptError as ScriptError
from mock_electron.scripts.reader import load as load
from mock_electron.scripts.reader import read as read
