"""Script files: the steps of `electron.when(…).reply(…)` in YAML or JSON.

files.py        read a file within its limits
limits.py       how large a file may be
yaml_nodes.py   read YAML within the limits
json_lines.py   the lines of a JSON document
source.py       read the text of a file, and record the line of each value
schema.py       the JSON Schema of a document
conditions.py   the conditions of a step, as files write them
json_types.py   the types of JSON Schema
validation.py   check a document against the schema
wording.py      messages about values and names
missing.py      the message about a file that does not exist
problems.py     the problems of a file, and the error that lists them
reply_texts.py  the texts of a reply, with their positions
reader.py       turn a document into steps
several.py      several files as one script
writer.py       turn steps into YAML
watch.py        reload a file whenever it changes
"""

from mock_electron.scripts.problems import Problem as Problem
from mock_electron.scripts.problems import ScriptError as ScriptError
from mock_electron.scripts.reader import load as load
from mock_electron.scripts.reader import loads as loads
