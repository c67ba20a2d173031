"""`pytest --pyargs mock_electron.contract`: a fake of its own, held to the contract."""

from mock_electron.contract.suite import ContractSuite


class TestContract(ContractSuite):
    """Every clause, against a fake Electron that is started for it."""
