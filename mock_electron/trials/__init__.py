"""A scenario run once for each fault at each place that it reaches."""
