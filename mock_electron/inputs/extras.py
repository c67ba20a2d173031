"""The error for a package that only an extra of mock-electron installs."""

from importlib.util import find_spec


def require(package: str, *, extra: str, used_by: str) -> None:
    """Raise ImportError with the install command if a package is not installed.

    Call it before the import of the package. The package itself is not imported.

    Args:
        package: Import name of the package, such as `httpx2`.
        extra: Extra of mock-electron that installs it.
        used_by: The command or module that needs it, for the message.
    """
    if not _is_installed(package):
        install = f'pip install "mock-electron[{extra}]"'
        raise ImportError(f"{used_by} needs {package}: install it with {install}", name=package)


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):  # an import hook that blocks the package
        return False
