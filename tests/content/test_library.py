"""Choosing and searching in the library."""

from typing import Any

import pytest

from content.library import Library, plain_name


def test_an_answer_for_an_age_comes_before_all_others(library: Library) -> None:
    entities: dict[str, list[Any]] = {"item": ["bank_card"], "relation": ["friend"], "deal": ["lend"], "age": [15]}
    answer = library.answer("ask_provide_item", entities)
    assert answer is not None
    assert answer.when is not None
    assert answer.when.age is not None


def test_cases_are_searched_by_everything_at_once(library: Library) -> None:
    found = library.search_cases(role="student", act="collect_cards")
    assert "classmates-cards" in found
    assert set(found) < set(library.search_cases(role="student"))
    assert library.search_cases(role="student", act="collect_cards", item="nothing") == ()
    assert all(22 in library.cases[key].ages for key in library.search_cases(age=22))
    assert library.search_cases(outcome="imprisonment")


def test_what_cites_a_law_is_found_in_every_kind(library: Library) -> None:
    kinds = {name.partition("/")[0] for name in library.citing("atofl-31")}
    assert {"topics", "beliefs", "quizzes", "red_flags", "glossary", "stories"} <= kinds


def test_beliefs_stand_beside_the_answers_they_correct(library: Library) -> None:
    for key, belief in library.beliefs.items():
        for reference in belief.topics:
            found = library.find_answer(reference)
            assert found is not None
            assert key in library.beliefs_about(found[0], found[1].id)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Helping  Letters", "helping letters"),
        ("帮 信 罪", "帮信罪"),
        ("GoIP", "goip"),
        ("four-piece set", "four piece set"),
    ],
)
def test_names_are_compared_in_plain_spelling(name: str, plain: str) -> None:
    assert plain_name(name) == plain
