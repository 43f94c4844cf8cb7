"""Intervals, and what is hidden so that nobody can be found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.privacy import FEWEST, hidden
from bot.campaigns.report import share
from bot.campaigns.statistics import difference, wilson


def test_wilson_as_published() -> None:
    # Newcombe 1998 (Statistics in Medicine 17), table I, method 3: 81 of 263 and 15 of 148.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)


def test_difference_as_published() -> None:
    # Newcombe 1998 (Statistics in Medicine 17, 873-890), table II, method 10: 56/70 - 48/80.
    gain, low, high = difference((56, 70), (48, 80))
    assert gain == pytest.approx(0.2)
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=1e-4)


@given(st.integers(0, 500), st.integers(1, 500))
def test_an_interval_holds_its_share(right: int, total: int) -> None:
    right = min(right, total)
    low, high = wilson(right, total)
    assert 0 <= low <= right / total + 1e-9
    assert right / total - 1e-9 <= high <= 1


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 30), max_size=8))
def test_small_parts_are_hidden_and_do_not_follow_from_the_rest(parts: dict[str, int]) -> None:
    shown = hidden(parts)
    assert all(count is None or count == 0 or count >= FEWEST for count in shown.values())
    unseen = [parts[name] for name, count in shown.items() if count is None]
    others = [count for count in shown.values() if count]
    if unseen and others:
        # What is left of the known whole is no single part, and no group that is too small.
        assert len(unseen) > 1
        assert sum(unseen) >= FEWEST


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_share_is_shown_only_when_both_sides_are_groups(count: int, total: int) -> None:
    count = min(count, total)
    found = share(count, total)
    if found is not None:
        assert all(side == 0 or side >= FEWEST for side in (count, total - count))
        assert total >= FEWEST
