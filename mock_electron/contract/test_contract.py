"""`pytest --pyargs mock_electron.contract`: the contract against a fake that is started for it."""

from mock_electron.contract.suite import ContractSuite


class TestContract(ContractSuite):
    """Every clause, against a fake with the settings that the pytest options give."""
