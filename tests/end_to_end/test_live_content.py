"""An admin edits a file while the bot runs: students see all of it or nothing, the admin is told why."""

from pathlib import Path

from content.library import Library
from db.models import Role
from tests.fakes.telegram import FakeTelegram, serving
from tests.running import running_bot

TOPIC = "topics/ask_move_money.yml"


async def test_an_edit_goes_live_or_the_admin_is_told(library: Library, folder: Path, tmp_path: Path) -> None:
    topic = folder / TOPIC
    whole = topic.read_text(encoding="utf-8")
    async with (
        serving(FakeTelegram()) as telegram,
        running_bot(telegram, library, None, tmp_path / "bot", content_folder=folder) as app,
    ):
        admin, student = telegram.person(1, "en"), telegram.person(2, "zh-hans")
        made = await app.people.create_invite(Role.ADMIN)
        admin.says(f"/start {made.payload}")
        await admin.hears(2)
        student.says("/start")
        await student.hears(2)

        topic.write_text(whole.replace("verdict: unlawful", "verdict: perhaps", 1), encoding="utf-8")
        (told,) = await admin.hears()
        assert f"{TOPIC}:" in told.text
        assert "verdict" in told.text

        topic.write_text(whole.replace('title: {zh: "', 'title: {zh: "全新', 1), encoding="utf-8")
        (told,) = await admin.hears()
        assert library.text("content_in_use", "en") in told.text
        answer = await student.asks("/help")
        assert any(label.startswith("全新") for label in answer.labels), answer.labels
        await student.hears_nothing()  # what is wrong with files is no news for students
