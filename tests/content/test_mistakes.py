"""A mistake in a content file is reported as `file:line: what to change`, and never reaches a student."""

import shutil
from pathlib import Path

import pytest

from bot.content_check import check_all, load_checked
from content.loading import ContentIsBroken

TOPIC = "topics/ask_move_money.yml"


def problems(folder: Path) -> list[str]:
    """What is wrong, without the reminders that time brings by itself (unless a test made one)."""
    return [
        str(problem).replace(f"{folder}/", "")
        for problem in check_all(folder)[1]
        if "more than a year ago" not in problem.message or "2024" in problem.path.read_text(encoding="utf-8")[:400]
    ]


def change(folder: Path, name: str, old: str, new: str) -> int:
    """Replace the first `old` by `new`; the line it stands on."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_real_content_is_right() -> None:
    assert [str(problem) for problem in check_all()[1] if "more than a year ago" not in problem.message] == []


def test_a_copy_is_right_too(folder: Path) -> None:
    assert problems(folder) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        (TOPIC, "verdict: unlawful", "verdict: illegal", "verdict: Input should be"),
        (TOPIC, "verdict: unlawful", "verdcit: unlawful", "verdcit: is not a known field"),
        (TOPIC, "laws: [", "laws: [no-such-law, ", "'no-such-law' is not in laws"),
        (TOPIC, "related: [", "related: [no_such_topic, ", "there is no answer 'no_such_topic'"),
        (TOPIC, "job: [running_points", "job: [moonwalking", "'moonwalking' is not one of"),
        (TOPIC, "reviewed: ", "reviewed: 2024-01-01 #", "reviewed more than a year ago"),
        (TOPIC, "reviewed: ", "reviewed: 2999-01-01 #", "lies in the future"),
        (TOPIC, 'headline: {zh: "', 'headline: {zh: "<b>', "looks like HTML"),
        (TOPIC, 'headline: {zh: "', 'headline: {zh: "（', "do not match"),
        (TOPIC, 'headline: {zh: "', 'headline: {zh: "打12315，', "12315 is not a hotline"),
        (TOPIC, 'headline: {zh: "', 'headline: {zh: "打13800138000，', "private phone"),
        (TOPIC, 'en: "', 'en: "你好 ', "Chinese characters in the English text"),
        ("laws/cl-312.yml", "wording: verbatim", "repealed: 2020-01-01\nwording: verbatim", "repealed, but cited by"),
        ("laws/op2025-6.yml", "wording: paraphrase", "wording: verbatim", "never verbatim"),
        ("laws/atofl-31.yml", "in_force: 2022-12-01", "in_force: 2999-12-01", "not in force yet"),
        ("interface.yml", "  greet:", "  greeet:", "the bot says 'greet', which is missing"),
        ("interface.yml", "{date} 起施行", "{day} 起施行", "the places in curly brackets must be: {date}"),
        ("interface.yml", "这些按钮是给", "这些按钮是给" * 40, "longer than Telegram's 200 characters"),
        ("interface.yml", "  - check_job", "  - check_jobs", "there is no answer 'check_jobs'"),
        ("hotlines.yml", 'number: "96110"', 'number: "96111"', "'96110' is not in hotlines.yml"),
    ],
)
def test_a_mistake_is_named(folder: Path, name: str, old: str, new: str, says: str) -> None:
    line = change(folder, name, old, new)
    found = problems(folder)
    assert any(says in problem for problem in found), found[:5]
    if name == TOPIC and "is not" in says and "hotline" not in says:
        assert any(problem.startswith(f"{name}:") and says in problem for problem in found)
        lines = [int(problem.split(":")[1]) for problem in found if says in problem]
        assert any(abs(at - line) <= 1 for at in lines), (line, lines)
    if "more than a year" in says:
        assert load_checked(folder)  # a reminder, no reason not to start
        return
    with pytest.raises(ContentIsBroken):
        load_checked(folder)


def test_a_missing_translation_is_named(folder: Path) -> None:
    path = folder / "laws" / "cl-312.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("issuer: {zh: ", "issuer: {xx: ", 1), encoding="utf-8")
    found = problems(folder)
    assert any("issuer.zh: is missing" in problem for problem in found)
    assert any("issuer.xx: is not a known field" in problem for problem in found)


def test_several_mistakes_are_named_at_once(folder: Path) -> None:
    change(folder, TOPIC, "verdict: unlawful", "verdict: illegal")
    change(folder, "laws/cl-312.yml", "wording: verbatim", "wording: exact")
    (folder / "notes.txt").write_text("x")
    (folder / "topics" / "Ask Things.yml").write_text("a: 1\n")
    found = "\n".join(problems(folder))
    for says in ("verdict", "wording", "nothing reads this file", "rename the file"):
        assert says in found


def test_a_missing_topic_and_dead_content_are_named(folder: Path) -> None:
    (folder / "topics" / "ask_evade.yml").unlink()
    (folder / "topics" / "ask_nonsense.yml").write_text((folder / TOPIC).read_text(encoding="utf-8"), encoding="utf-8")
    shutil.copy(folder / "cases" / "one-card-500.yml", folder / "cases" / "orphan.yml")
    shutil.copy(folder / "laws" / "cl-312.yml", folder / "laws" / "cl-9999.yml")
    found = "\n".join(problems(folder))
    assert "the intent 'ask_evade' has no answer" in found
    assert "there is no intent 'ask_nonsense'" in found
    assert "no answer shows this case" in found
    assert "nothing cites this law" in found


def test_a_message_that_is_too_long_is_named(folder: Path) -> None:
    change(folder, TOPIC, 'headline: {zh: "', 'headline: {zh: "' + "很长" * 500)
    assert any("cut to 900" in problem for problem in problems(folder))


def test_an_empty_folder_is_reported_not_raised(tmp_path: Path) -> None:
    library, found = check_all(tmp_path)
    assert library is None
    assert len(found) >= 5


def test_a_number_of_ten_thousand_digits_is_a_problem(folder: Path) -> None:
    change(folder, "laws/cl-312.yml", 'short: {zh: "', "short: {zh: " + "9" * 10_000 + ', xx: "')
    assert any(problem.startswith("laws/cl-312.yml:") for problem in problems(folder))


@pytest.mark.parametrize(
    "name", [".ask_move_money.yml.swp", "ask_move_money.yml~", ".#ask_move_money.yml", ".DS_Store"]
)
def test_what_editors_leave_behind_is_no_mistake(folder: Path, name: str) -> None:
    (folder / "topics" / name).write_bytes(b"\x00\x01")
    assert problems(folder) == []


def test_a_stray_file_is_a_reminder_and_a_name_too(folder: Path) -> None:
    (folder / "notes.txt").write_text("x")
    change(folder, "cases/one-card-500.yml", 'facts:\n  zh: "', 'facts:\n  zh: "犯罪嫌疑人张伟强，')
    assert len(problems(folder)) == 2
    assert load_checked(folder)


def test_a_word_without_end_does_not_hold_up_the_check(folder: Path) -> None:
    change(folder, TOPIC, 'title: {zh: "', 'title: {zh: "' + "又" * 100_000)
    assert any("no message is so long" in problem for problem in problems(folder))


def test_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "secret.yml"
    elsewhere.write_text("password: hunter2\n", encoding="utf-8")
    (folder / TOPIC).unlink()
    (folder / TOPIC).symlink_to(elsewhere)
    found = problems(folder)
    assert f"{TOPIC}:1: leads out of the content folder: put the file itself here" in found
    assert "hunter2" not in "".join(found)
    assert "password" not in "".join(found)


def test_a_link_within_the_folder_is_fine(folder: Path) -> None:
    """As a mounted configuration has it: every file is a link to the version in use."""
    (folder / TOPIC).rename(folder / "topics" / ".version-1")
    (folder / TOPIC).symlink_to(".version-1")
    assert problems(folder) == []
