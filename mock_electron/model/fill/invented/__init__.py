"""Values that nobody said: the rest of an instance, so that it satisfies the schema.

finish      complete a value for the schema          made_up     strings
figures     numbers that a schema allows             plain       the plainest values
"""
