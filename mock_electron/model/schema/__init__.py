"""JSON Schema: what a schema allows, and whether a value satisfies it.

resolve     a schema with its references resolved    merging     two schemas combined into one
valid       validate a value                         equality    equality of JSON values
conditional the keywords that only scripted arguments are checked for
formats     the formats of strings                   patterns    strings for simple patterns
pattern_parser, pattern_matcher                      simple regular expressions
"""
