"""Tests of engine/latest_use.py: the order of an OrderedDict, in less memory."""

import tracemalloc
from collections import OrderedDict
from itertools import takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_electron.engine import latest_use
from mock_electron.engine.latest_use import ByLatestUse

STEPS = st.lists(
    st.tuples(
        st.sampled_from((*("use",) * 30, *("put", "drop_oldest", "oldest") * 3, "clear")),
        st.lists(st.integers(0, 12), min_size=1, max_size=4),
    ),
    min_size=60,
    max_size=120,
)


class Model:
    """The same as an OrderedDict."""

    def __init__(self, most: int) -> None:
        self.most, self.values = most, OrderedDict[int, int]()

    def use(self, keys: list[int], value: int) -> None:
        for key in keys:
            self.values[key] = value
            self.values.move_to_end(key)
        while len(self.values) > self.most:
            self.values.popitem(last=False)

    def put(self, key: int, value: int) -> None:
        if key in self.values:
            self.values[key] = value
        else:
            self.use([key], value)

    def drop_oldest(self) -> None:
        if self.values:
            self.values.popitem(last=False)

    def oldest(self) -> int | None:
        return next(iter(self.values.values()), None)

    def clear(self) -> None:
        self.values.clear()


@settings(max_examples=40)
@given(steps=STEPS, most=st.integers(0, 12), listed=st.integers(1, 3), parts=st.integers(1, 4))
def test_the_order_is_that_of_an_ordered_dict(
    steps: list[tuple[str, list[int]]], most: int, listed: int, parts: int
) -> None:
    """After any steps, the same keys have the same values, and the same one is the oldest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(latest_use, "LISTED", listed)
        patch.setattr(latest_use, "PARTS", parts)
        patch.setattr(latest_use, "FEW", 1)
        model, values = Model(most), ByLatestUse[int, int](most)
        for number, (name, keys) in enumerate(steps):
            arguments = {"use": (keys, number), "put": (keys[0], number)}
            for each in (model, values):
                getattr(each, name)(*arguments.get(name, ()))
            assert len(values) == len(model.values)
            assert [values.get(key) for key in range(13)] == [*map(model.values.get, range(13))]
            assert values.known(keys) == len([*takewhile(model.values.__contains__, keys)])
            assert values.oldest() == model.oldest()
            assert len(values._earlier) <= 2 * parts
        while model.values:
            assert values.oldest() == model.oldest()
            model.drop_oldest()
            values.drop_oldest()
        assert (len(values), values.oldest()) == (0, None)


def test_parts_that_became_small_are_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of two parts is left with one key. They become one part, and its order is right."""
    monkeypatch.setattr(latest_use, "PARTS", 2)
    values = ByLatestUse[int, int](8)
    rounds = ([0, 1, 2, 3, 4, 5], [6, 7, 0, 1, 2, 3], *[[6, 7, 0, 1, 2, 4]] * 3)
    for key in (key for keys in rounds for key in keys):
        values.use([key], key)
    assert [[*part] for part in values._earlier] == [[6, 7, 0, 1, 2, 4], [5, 3]]
    assert values.oldest() == 5


def test_keys_that_were_listed_and_used_are_not_the_oldest() -> None:
    """The list of the oldest keys is dropped with the part that they were in."""
    values = ByLatestUse[int, int](3)
    for key in (0, 1, 2, 3, 3, 2, 1):
        values.use([key], key)
    assert values.oldest() == 3
    values.use([9], 9)
    assert [values.get(key) for key in (3, 2, 1, 9)] == [None, 2, 1, 9]


def test_new_and_repeated_keys_take_little_memory() -> None:
    """10,000 values take 80 bytes each without keys, however often keys were added and moved.

    An OrderedDict takes up to 176 bytes each.
    """
    most = 10_000
    keys = [b"%015d" % number for number in range(4 * most)]
    tracemalloc.start()
    try:
        values = ByLatestUse[bytes, bool](most)
        for number, key in enumerate(keys):
            values.use((key,), True)
            values.use(keys[max(number - 20, 0) : number : 7], True)
        assert tracemalloc.get_traced_memory()[1] < 80 * most
    finally:
        tracemalloc.stop()
    assert len(values) == most
