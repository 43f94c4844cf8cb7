"""What stands where an employer's name would stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.adverts.employers import employer_signs, names_employer


@pytest.mark.parametrize(
    "text",
    [
        "岚川物流招分拣员，20/小时",
        "“半亩地”餐厅招传菜",
        "单位：城南区图书馆",
        "肯德基暑假工，餐厅管理组面试",
        "Weekend barista at Thistle & Thyme",
        "Rowan Hill Nursery needs a gardener",
        "Employer: Quarry Lane",
        "they said join Ferrybank before June",
    ],
)
def test_somebody_is_named(text: str) -> None:
    assert names_employer(text)


@pytest.mark.parametrize(
    "text",
    [
        "某公司招文员，详情私聊",
        "我们公司招人，日结",
        "一家酒店招服务员",
        "兼职，在家做，一天三百",
        "We are looking for honest people. Work at Home!",
        "easy cash, text me on WhatsApp",
        "",
    ],
)
def test_nobody_is_named(text: str) -> None:
    assert not names_employer(text)
    assert "e none" in employer_signs(text)


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    assert employer_signs(text)
