"""What all tests share: pytester, and a Hypothesis that is the same in every run."""

import hypothesis

pytest_plugins = ["pytester"]

hypothesis.settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,  # a time limit in a test fails on a busy machine, not on a fault
    database=None,
)
hypothesis.settings.load_profile("steady")
