"""The places that may fill a parameter, each with its points.

scored      all candidates of a parameter            weights     what each sign is worth
labels      the parameters' names in the text        distances   how near a label is to a value
enums       members of an enum                       truths      booleans
typed, named, worded, counted, free, runs            where candidates come from
"""
