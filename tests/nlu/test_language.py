"""Which language a message is in, and which one to answer in."""

import pytest

from nlu.interpreter import Parse
from nlu.language import detect_language, stronger_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我的银行卡可以租吗", "zh"),
        ("sim卡可以卖吗", "zh"),
        ("加我wechat聊", "zh"),
        ("can i rent my card", "en"),
        ("help", "en"),
        ("看一下 https://example.com/some/long/path/of/words", "zh"),
        ("is 跑分 illegal", "mixed"),
        ("帮信罪 is what", "mixed"),
        ("我室友 wants to borrow 我的银行卡 what should i do", "mixed"),
        ("paofen weifa ma", "zh"),
        ("123", "zh"),
        ("", "zh"),
        ("😭", "zh"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_a_mixed_message_is_answered_in_what_it_has_more_of() -> None:
    assert stronger_language("is 跑分 illegal") == "en"
    assert stronger_language("我室友要借我的银行卡 is it ok") == "zh"
    assert Parse("is 跑分 illegal", "mixed", "greet", 1.0, (), ()).answer_language == "en"
    assert Parse("你好", "zh", "greet", 1.0, (), ()).answer_language == "zh"


def test_a_long_message_takes_no_time() -> None:
    assert detect_language("银行卡" * 100_000) == "zh"
    assert detect_language("a." * 100_000) in ("zh", "en")
