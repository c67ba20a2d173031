"""The parameters of a tool: what each of them requires.

slots       the properties to fill                   want        the requirements of a property
roles       the purpose of a property                described   what its description says
prepared    what follows from the schema of a tool, kept for the next requests
"""
