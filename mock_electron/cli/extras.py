"""The error for a package that only an extra installs, as a command reports it."""

from mock_electron.cli.options import NotRunError
from mock_electron.inputs.extras import require


def require_extra(package: str, extra: str, used_by: str) -> None:
    """Exit with status 2 and one line if a package of an extra is not installed.

    Args:
        package: Import name of the package.
        extra: Extra of mock-electron that installs it.
        used_by: The command that needs it.
    """
    try:
        require(package, extra=extra, used_by=used_by)
    except ImportError as error:
        raise NotRunError(str(error)) from error
