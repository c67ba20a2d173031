"""Floor 2: one lane's world, and the decision on each request. Synchronous, no network."""
