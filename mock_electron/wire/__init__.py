"""The wire format: parse requests, write replies and errors. No state, clock, randomness or I/O."""
