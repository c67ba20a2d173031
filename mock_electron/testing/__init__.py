"""What a test holds: the object `electron`, its script, its faults and clock, its assertions."""
