"""What is taken out of a question before it is kept, and what stays."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.redaction import redacted, says_something

GONE = [
    ("我的身份证是110101200001011234能被查到吗", "110101200001011234"),
    ("身份证11010120000101123X", "11010120000101123X"),
    ("打13812345678找他", "13812345678"),
    ("打 138 1234 5678 找他", "1234 5678"),
    ("手机138-1234-5678", "1234-5678"),
    ("１３８１２３４５６７８是他的号", "12345678"),
    ("电话一三八一二三四五六七八", "一三八一二三四五六七八"),
    ("+86 13812345678", "13812345678"),
    ("卡号6222 0212 3456 7890 123被冻结了", "6222"),
    ("卡6222021234567890123", "6222021234567890123"),
    ("他QQ是123456789", "123456789"),
    ("加我微信abc_12345聊", "abc_12345"),
    ("vx：xiaochen99", "xiaochen99"),
    ("发到chen.wei@example.com", "chen.wei@example.com"),
    ("网址是https://x.example.com/abc?id=1", "example.com"),
    ("去 t.me/somebody 看", "somebody"),
    ("找@some_agent_77谈的", "some_agent_77"),
    ("学号2021034567", "2021034567"),
    ("车牌京A12345", "京A12345"),
    ("我叫陈小明，我把卡借出去了", "陈小明"),
    ("张老师说没事", "张老师"),
    ("是李学长让我办的卡", "李学长"),
    ("我被王强骗了", "王强"),
    ("我是滨江职业技术学院的，卡被冻结了", "滨江职业技术学院"),
    ("我们南京大学的人都在做", "南京大学"),
    ("我是计科2101班的", "2101"),
    ("住在学院路88号", "学院路88号"),
    ("在3栋412室", "412"),
    ("我是2003年5月12日生的", "5月12日"),
    ("my name is Anna Lee and i lent my card", "Anna"),
    ("I'm Kevin, can i rent my sim", "Kevin"),
    ("my friend David asked for my card", "David"),
    ("Mr. Brown told me to", "Brown"),
    ("i study at the University of Riverside", "Riverside"),
    ("call me at +1 415 555 2671", "555"),
    ("card 4111-1111-1111-1111 got frozen", "1111"),
    ("验证码是 8 4 2 9 1 3", "8 4 2"),
    ("号码1🙂3🙂8🙂1🙂2🙂3🙂4🙂5🙂6🙂7🙂8", "8"),
]

STAYS = [
    ("给我3000块让我办3张卡", ["3000块", "3张卡"]),
    ("我17岁，转了30000元，判几年", ["17岁", "30000元", "判几年"]),
    ("跑分赚了500，卡农是什么", ["跑分", "500", "卡农"]),
    ("高薪日结靠谱吗，周末去", ["高薪日结", "周末"]),
    ("银行卡被冻结了怎么办", ["银行卡被冻结了怎么办"]),
    ("大学生能不能做兼职", ["大学生能不能做兼职"]),
    ("打96110还是110", ["110"]),
    ("马上要交钱，任务单靠谱吗", ["马上", "任务"]),
    ("can i rent my bank card for 500 yuan", ["500 yuan", "bank card"]),
    ("someone on WeChat wants my SIM", ["WeChat", "SIM"]),
    ("my roommate asked me to receive 2000", ["roommate", "2000"]),
    ("付款以后说明白点，方便的话", ["付款以后说明白点"]),
]


@pytest.mark.parametrize(("text", "secret"), GONE)
def test_what_could_tell_who_asked_is_gone(text: str, secret: str) -> None:
    for language in ("zh", "en"):
        assert secret not in redacted(text, language), redacted(text, language)


@pytest.mark.parametrize(("text", "parts"), STAYS)
def test_what_the_question_is_about_stays(text: str, parts: list[str]) -> None:
    kept = redacted(text, "zh")
    for part in parts:
        assert part in kept, kept


@given(
    st.text("吗我他的卡abc ，。", max_size=10),
    st.lists(st.sampled_from("0123456789"), min_size=8, max_size=20),
    st.sampled_from(["", " ", "-", ".", "  ", "🙂", "·", "*", "\u200b"]),
    st.text("吗我他的卡 ，。", max_size=10),
)
def test_no_long_number_is_left_however_it_is_torn_apart(before: str, digits: list[str], torn: str, after: str) -> None:
    kept = redacted(f"{before} {torn.join(digits)} {after}", "zh")
    assert not re.search(r"\d{5}", re.sub(r"[^\w]", "", kept)), kept


@given(st.text(max_size=300))
def test_any_text_can_be_redacted_twice(text: str) -> None:
    for language in ("zh", "en"):
        once = redacted(text, language)
        assert len(redacted(once, language)) <= len(once) + 40


def test_a_text_of_numbers_says_nothing() -> None:
    assert not says_something(redacted("13812345678 6222021234567890123", "zh"))
    assert says_something(redacted("13812345678是谁的号", "zh"))
