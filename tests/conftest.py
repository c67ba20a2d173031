"""The settings of Hypothesis, for all tests and for the fast part of them alone (tests/fast.ini).

pytest does not read the other conftest.py for that part: it would put the source of the package
before the installed one.
"""

from importlib.util import find_spec

if find_spec("hypothesis"):  # a base install has none
    import hypothesis

    hypothesis.settings.register_profile(
        "deterministic",
        max_examples=50,
        derandomize=True,
        deadline=None,  # a time limit per example fails on a busy machine
        suppress_health_check=[hypothesis.HealthCheck.too_slow],  # so does a limit per draw
        database=None,
    )
    hypothesis.settings.load_profile("deterministic")
