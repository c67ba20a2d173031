"""The command lines of the benchmarks."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter


def parser(page: str | None) -> ArgumentParser:
    """Return a parser that refuses unknown arguments, and shows this page with `--help`.

    Args:
        page: The docstring of the benchmark.
    """
    return ArgumentParser(
        description=page, formatter_class=RawDescriptionHelpFormatter, allow_abbrev=False
    )
