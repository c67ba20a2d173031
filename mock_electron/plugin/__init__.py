"""The pytest plugin. pytest loads `hooks`; the first use of a fixture loads the other modules."""
