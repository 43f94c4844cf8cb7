"""Which questions a round asks."""

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.progress import Progress, Round, Score, from_json
from bot.dialogue.quiz_choice import LEVELS, PER_ROUND, choose, shuffled

NAMES = st.text("abcdef", min_size=1, max_size=3)
QUESTIONS = st.dictionaries(NAMES, st.sampled_from(LEVELS), max_size=25)
SCORES = st.builds(Score, st.integers(0, 9), st.integers(0, 9), st.booleans())
KNOWN = st.dictionaries(NAMES, SCORES, max_size=25)
CHANCE = st.integers(0, 2**32).map(Random)

LIBRARY = {f"{level}-{number}": level for level in LEVELS for number in range(10)}


@given(QUESTIONS, KNOWN, CHANCE)
def test_a_round_is_five_different_questions(levels: dict[str, str], scores: dict[str, Score], chance: Random) -> None:
    chosen = choose(levels, scores, chance)
    assert len(chosen) == min(PER_ROUND, len(levels))
    assert len(set(chosen)) == len(chosen)
    assert set(chosen) <= set(levels)


@given(QUESTIONS, KNOWN, CHANCE)
def test_missed_before_unseen_before_known(levels: dict[str, str], scores: dict[str, Score], chance: Random) -> None:
    chosen = set(choose(levels, scores, chance))
    missed = {name for name in levels if name in scores and scores[name].missed}
    unseen = {name for name in levels if name not in scores}
    known = set(levels) - missed - unseen
    assert len(chosen & missed) >= min(3, len(missed))
    assert not chosen & known or (unseen <= chosen and missed <= chosen)
    if len(chosen & missed) > 3:
        assert unseen <= chosen


@given(CHANCE)
def test_a_beginner_begins_with_easy_ones(chance: Random) -> None:
    chosen = [LIBRARY[name] for name in choose(LIBRARY, {}, chance)]
    assert chosen == ["easy", "easy", "easy", "medium", "medium"]


@given(CHANCE)
def test_later_the_levels_are_mixed(chance: Random) -> None:
    scores = {f"easy-{number}": Score(right=1) for number in range(5)}
    chosen = Counter(LIBRARY[name] for name in choose(LIBRARY, scores, chance))
    assert chosen == {"easy": 1, "medium": 2, "hard": 2}


def test_what_was_wrong_more_often_comes_more_often() -> None:
    names = [f"easy-{number}" for number in range(10)]
    scores = {name: Score(right=4, wrong=8 if name == "easy-0" else 0) for name in names}
    chance = Random(1)
    seen = Counter(name for _ in range(400) for name in choose(dict.fromkeys(names, "easy"), scores, chance))
    assert seen["easy-0"] > 1.3 * max(seen[name] for name in names[1:])


@given(st.integers(1, 12), CHANCE)
def test_options_are_shuffled_and_none_is_lost(count: int, chance: Random) -> None:
    assert sorted(shuffled(count, chance)) == list(range(count))


@given(
    KNOWN,
    st.none()
    | st.builds(
        Round,
        st.lists(NAMES, min_size=1, max_size=5).map(tuple),
        st.integers(0, 2**40),
        st.lists(st.booleans(), max_size=1).map(tuple),
        st.permutations(range(4)).map(tuple),
        st.integers(0, 3),
    ),
)
def test_progress_survives_being_stored(scores: dict[str, Score], running: Round | None) -> None:
    progress = Progress(scores, running)
    assert from_json(progress.to_json()) == progress


@given(st.text() | st.sampled_from(["null", "[]", "{}", '{"scores": {"a": 1}, "round": null}', '{"scores": []}']))
def test_what_another_version_stored_does_no_harm(text: str) -> None:
    assert from_json(text) == Progress()
