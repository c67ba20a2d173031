"""The pytest plugin. pytest loads `hooks`; a test that uses a fixture loads the rest."""
