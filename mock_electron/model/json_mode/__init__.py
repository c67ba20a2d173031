"""JSON replies: `asked` tells whether one is due, `answer` writes it.

template    the form, from an example                keys        the form, from a list of keys
kinds       the kinds of values in a form            results     the values of tool results
"""
