"""Adverts on Telegram: forwarded, as screenshots, as albums; and pictures that are none."""

from pathlib import Path

import pytest

from tests.end_to_end.conftest import Running

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="module")]

PICTURES = Path(__file__).parent.parent / "pictures"


def picture(running: Running, name: str) -> list[dict[str, object]]:
    return running.telegram.photo((PICTURES / name).read_bytes())


async def test_a_screenshot_is_read_and_answered(running: Running) -> None:
    student = running.telegram.person(77001)
    student.says(photo=picture(running, "phones_and_cable.png"))
    (answer,) = await student.hears(timeout=60)
    assert answer.text.startswith("⛔")
    assert "音频线" in answer.text


async def test_pictures_of_one_album_are_one_advert(running: Running) -> None:
    student = running.telegram.person(77002)
    for name in ("album_first.png", "album_second.png"):
        student.says(photo=picture(running, name), media_group_id="album-77002", after=0)
    (answer,) = await student.hears(timeout=60)
    while not answer.edits:
        await running.telegram.changed()
    assert answer.text.startswith("⛔")
    assert "收款" in answer.text
    await student.hears_nothing()


async def test_an_image_sent_as_a_file_is_read_too(running: Running) -> None:
    student = running.telegram.person(77003)
    data = (PICTURES / "phones_and_cable.png").read_bytes()
    file = {**running.telegram.add_file(data), "file_name": "ad.png", "mime_type": "image/png"}
    student.says(document=file)
    assert "音频线" in (await student.hears(timeout=60))[0].text


@pytest.mark.parametrize(
    ("data", "says"), [(b"not a picture" * 50, "打不开"), (None, "没读出字"), (b"\xff\xd8" + b"\0" * 200, "打不开")]
)
async def test_what_cannot_be_read_is_asked_for_in_words(running: Running, data: bytes | None, says: str) -> None:
    student = running.telegram.person(77010 + len(says) + len(data or b""))
    student.says(photo=running.telegram.photo(data or (PICTURES / "no_words.png").read_bytes()))
    assert says in (await student.hears(timeout=60))[0].text
    assert "音频线" in (await student.asks("招人，两部手机一根音频线，一小时两百")).text


async def test_a_forwarded_advert_with_a_comment_is_answered_once(running: Running) -> None:
    student = running.telegram.person(77020)
    student.says("帮我看看这个靠谱吗")
    await student.hears()
    origin = {"type": "hidden_user", "sender_user_name": "x", "date": 1}
    student.says("急招！用自己的银行卡收款再转给公司，每笔返佣两个点，日入500", after=1.0, forward_origin=origin)
    answer = student.history[-1]
    while not answer.edits:
        await running.telegram.changed()
    assert answer.text.startswith("⛔")
    assert "收款" in answer.text


async def test_an_advert_in_two_messages_is_one(running: Running) -> None:
    student = running.telegram.person(77021)
    student.says("【急聘】居家线上客服，每天两小时，时间自由，宝妈学生都可以，工资日结，名额有限先到先得")
    await student.hears()
    answer = await student.sees_change("要求：有两张自己名下的银行卡，配合公司收款，收到后马上转到指定账户")
    assert answer.text.startswith("⛔")


async def test_a_picture_that_telegram_no_longer_has(running: Running) -> None:
    student = running.telegram.person(77030)
    student.says(photo=[{"file_id": "gone", "file_unique_id": "g", "width": 1, "height": 1}])
    assert "没读出字" in (await student.hears())[0].text
