"""What adverts pay, and when that is far too much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.adverts.pay import far_too_much, needs_skill, pays


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("日结500", 500, "day"),
        ("一天500", 500, "day"),
        ("时薪150", 150, "hour"),
        ("18元/小时", 18, "hour"),
        ("月薪1.8万", 18000, "month"),
        ("一趟八百", 800, "piece"),
        ("周薪三千", 3000, "week"),
        ("$400/day", 400, "day"),
        ("£11.50 per hour", 11.5, "hour"),
        ("earn 3000 weekly", 3000, "week"),
    ],
)
def test_the_amount_and_what_for(text: str, amount: float, unit: str) -> None:
    found = pays(text)
    assert (found[-1].amount, found[-1].unit) == (amount, unit)


@pytest.mark.parametrize(
    "text",
    [
        "日结1000",
        "时薪200起",
        "月入过万",
        "一趟800",
        "轻松月入两万",
        "$400/day",
        "120$ an hour",
        "躺赚",
        "earn 6 figures",
        "两小时 2000 现结",
        "3 hours, $600",
        "10天8000",
        "15分钟500",
    ],
)
def test_far_too_much(text: str) -> None:
    assert far_too_much(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "18元/小时",
        "日结150",
        "月薪4500",
        "一场100",
        "家教一次150",
        "$17/h plus tips",
        "£12.40 an hour",
        "押金500",
        "3天",
        "2024年",
        "8:30-17:30,130元/天",  # no thirty thousand
        "90 rmb/h, no experience",  # yuan in English
        "salary £24,500",  # a year
        "annual pay 60,000 usd per year",
        "月薪15万日元",
        "每天走5000",  # what goes through the account
        "2元/head,满200人",
        "8小时200",
    ],
)
def test_what_work_usually_pays(text: str) -> None:
    assert far_too_much(text) is None


def test_skills_are_paid_for() -> None:
    assert needs_skill("招go工程师,月薪3万")
    assert needs_skill("senior developer, $90 an hour")
    assert not needs_skill("动动手指,日结500")


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    far_too_much(text)
    needs_skill(text)
