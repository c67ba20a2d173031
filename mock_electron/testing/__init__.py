"""The interface for tests: the object `electron` with its script, faults, clock and assertions."""
