"""`python -m mock_electron`: the same as the console script."""

from mock_electron.cli.app import main

main()
