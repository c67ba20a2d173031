"""Floor 0: what travels. No state, no clock, no chance, no I/O."""
