"""Words of danger are seen however they are typed."""

import pytest

from bot.dialogue.safety import speaks_of_danger
from content.library import Library


@pytest.mark.parametrize(
    "text",
    [
        "我不想活了",
        "真的 不 想 活 了",
        "I want to KILL MYSELF",
        "ｓｕｉｃｉｄｅ",
        "i don’t want to live anymore",
        "卡被冻结了，想跳楼",
        "这是我最后一条消息 谢谢你们",
        "告别信写好了",
        "this is my last message, thanks for listening",
    ],
)
def test_danger_is_seen(library: Library, text: str) -> None:
    assert speaks_of_danger(text, library)


@pytest.mark.parametrize(
    "text",
    [
        "他发给我的最后一条消息说卡被冻了",
        "his last message says the card is frozen",
        "笑死我了",
        "这个兼职靠谱吗",
        "my phone died",
        "累死了今天刷单",
        "is this job safe",
        "",
    ],
)
def test_everyday_talk_is_not_danger(library: Library, text: str) -> None:
    assert not speaks_of_danger(text, library)
