"""The state of one lane, and its decision on each request. Synchronous, without I/O."""
