"""`python -m mock_electron`: the same as the command `mock-electron`."""

from mock_electron.cli.app import main

main()
