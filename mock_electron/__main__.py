"""`python -m mock_electron`: the same as the command `mock-electron`."""

from mock_electron.cli.start import main

main()
