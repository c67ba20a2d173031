"""The text that arguments come from, and all places in it that may be values.

reading     the text and the values in it            earlier     values from earlier messages
places      all places that may be values            values      typed values, as `hear/` finds them
proper      proper names                             phrases     what stands between function words
lists       enumerations                             free_text   a request without its command
words       words in their normal form
"""
