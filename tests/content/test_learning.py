"""Red flags, beliefs, terms, quizzes, stories and campaign templates: each mistake is named where it stands."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.content_check import check_all
from content.library import Library
from content.private import private_numbers, real_names
from tests.content.test_mistakes import change, problems

FLAGS = {
    *("rents_account", "running_points", "click_farming", "traffic_recruiting", "equipment_hosting"),
    *("real_name_proxy", "sells_social_account", "cash_withdrawal", "asset_conversion", "upfront_fee"),
    *("keeps_documents", "overseas_lure", "reshipping", "shady_tech", "recruits_classmates"),
    *("too_good_pay", "contact_off_platform", "no_employer_named"),
}
QUIZ = "quizzes/card-face-scan.yml"
STORY = "stories/summer-job.yml"
CAMPAIGN = "campaigns/term-start.yml"


def one_of(folder: Path, kind: str) -> str:
    return f"{kind}/{next((folder / kind).glob('*.yml')).name}"


def test_there_is_enough_to_learn_from(library: Library) -> None:
    assert len(library.quizzes) >= 40
    assert len(library.cases) >= 30
    assert len(library.beliefs) >= 27
    assert len(library.stories) >= 2
    assert len(library.campaigns) >= 6
    assert sum(len(flag.signs) for flag in library.red_flags.values()) >= 38


def test_every_flag_of_the_job_check_is_explained(library: Library) -> None:
    assert set(library.red_flags) == FLAGS
    soft = {key for key, flag in library.red_flags.items() if flag.level == "signal"}
    assert soft == {"too_good_pay", "contact_off_platform", "no_employer_named"}


def test_nothing_that_has_expired_is_cited(library: Library) -> None:
    assert all(not library.citing(key) for key, law in library.laws.items() if law.repealed)


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        (QUIZ, ", right: true", "", "exactly one option is `right: true`"),
        (QUIZ, 'question:\n  zh: "', 'question:\n  zh: "' + "很长" * 200, "cut to 300"),
        (QUIZ, 'explanation:\n  zh: "', 'explanation:\n  zh: "' + "很长" * 100, "with the law's name"),
        (QUIZ, 'explanation:\n  zh: "', 'explanation:\n  zh: "一\\n二\\n三\\n', "more than 2 line breaks"),
        (QUIZ, "laws: [", "laws: [no-such-law, ", "'no-such-law' is not in laws"),
        (QUIZ, "topic: ", "topic: ask_nothing #", "there is no answer 'ask_nothing'"),
        (STORY, "start: ", "start: nowhere #", "there is no scene 'nowhere'"),
        (STORY, "        to: ", "        to: nowhere #", "there is no scene 'nowhere'"),
        (STORY, "    ending: ", "    choices: []\n    #", "a scene has either `choices` or an `ending`"),
        (STORY, "    case: ", "    case: no-case #", "'no-case' is not in cases"),
        (CAMPAIGN, "answer: ", "answer: ask_nothing #", "there is no answer 'ask_nothing'"),
        (CAMPAIGN, "        answer: ", "        guide: refuse\n        answer: ", "one of them"),
        ("red_flags/running_points.yml", "level: stop", "level: red", "level: Input should be"),
        ("red_flags/running_points.yml", "guide: ", "guide: no-guide #", "'no-guide' is not in guides"),
        ("red_flags/running_points.yml", "reviewed: ", "reviewed: 2024-01-01 #", "reviewed more than a year"),
        ("beliefs/deposit-is-normal.yml", "topics: [", "topics: [ask_nothing, ", "there is no answer 'ask_nothing'"),
        ("beliefs/deposit-is-normal.yml", "laws: [", "# laws: [", "name the laws (or sources)"),
        ("cases/one-card-500.yml", 'facts:\n  zh: "', 'facts:\n  zh: "犯罪嫌疑人张伟强，', "name of a real person"),
        ("cases/one-card-500.yml", 'facts:\n  zh: "', 'facts:\n  zh: "电话010-12345678，', "a phone number"),
    ],
)
def test_a_mistake_is_named(folder: Path, name: str, old: str, new: str, says: str) -> None:
    change(folder, name, old, new)
    found = problems(folder)
    assert any(problem.startswith(f"{name}:") and says in problem for problem in found), found[:5]


def test_one_broken_file_is_named_and_not_everything_that_names_it(folder: Path) -> None:
    change(folder, "topics/ask_move_money.yml", "verdict: unlawful", "verdict: perhaps")
    change(folder, "laws/cl-312.yml", "wording: verbatim", "wording: exact")
    change(folder, "guides/refuse.yml", "urgent:", "urgently:")
    assert {problem.split(":")[0] for problem in problems(folder)} == {
        *("topics/ask_move_money.yml", "laws/cl-312.yml", "guides/refuse.yml")
    }


def test_a_scene_without_a_way_to_it_or_from_it_is_named(folder: Path) -> None:
    text = (folder / STORY).read_text(encoding="utf-8")
    (folder / STORY).write_text(
        text + '  lost:\n    text: {zh: "迷路", en: "Lost"}\n    choices:\n'
        '      - label: {zh: "再走", en: "Go on"}\n        to: lost\n',
        encoding="utf-8",
    )
    assert any("scenes.lost: no choice leads here" in problem for problem in problems(folder))


def test_a_word_is_explained_in_one_place(folder: Path) -> None:
    path = folder / one_of(folder, "glossary")
    (folder / "glossary" / "twice.yml").write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    assert any("is already explained in" in problem for problem in problems(folder))


def test_a_message_that_is_too_long_when_rendered_is_named(folder: Path) -> None:
    for name, field in (("red_flags/running_points.yml", "happens"), ("beliefs/deposit-is-normal.yml", "truth")):
        change(folder, name, f'{field}:\n  zh: "', f'{field}:\n  zh: "' + "很长" * 450)
    assert sum("cut to 900" in problem for problem in problems(folder)) == 2


def test_an_unfinished_edit_never_raises(folder: Path) -> None:
    """Whatever half of a file is there, the check names something and does not fall over."""
    for kind in ("quizzes", "stories", "campaigns", "glossary", "topics"):
        path = folder / one_of(folder, kind)
        whole = path.read_text(encoding="utf-8")
        for cut in halves(whole):
            path.write_text(cut, encoding="utf-8")
            check_all(folder)
        path.write_text(whole, encoding="utf-8")
    assert problems(folder) == []


def halves(text: str) -> Iterator[str]:
    lines = text.splitlines(keepends=True)
    yield ""
    yield "".join(lines[: len(lines) // 2])
    yield text[: len(text) // 3]


@pytest.mark.parametrize(
    "sentence",
    [
        "被告人王小明，在宿舍收购银行卡",
        "学生李雷（化名）把卡借给了别人",
        "Student Zhang Xiaoming sold three cards",
        "Mr. Harry Porter rented out his card",
        "加我微信：abc12345",
        "写信到 someone@example.com",
        "打 138-0013-8000 找他",
        "加QQ 123456789",
        "打01012345678",
    ],
)
def test_people_and_private_numbers_are_seen(sentence: str) -> None:
    assert [*private_numbers(sentence), *real_names(sentence)]


@pytest.mark.parametrize(
    "sentence",
    [
        "被告人张某，在宿舍收购银行卡",
        "涂某通长期收购银行卡",
        "学生和家长都说不知道",
        "学生马上，学生万一，同学高兴",
        "Tu, a university student, and Wan, a vocational student",
        "2022年上半年起诉6.4万人，法释〔2019〕15号",
        "Jiangyou City Court, Sichuan, 31 December 2020",
    ],
)
def test_published_names_and_figures_are_left_alone(sentence: str) -> None:
    assert not [*private_numbers(sentence), *real_names(sentence)]
