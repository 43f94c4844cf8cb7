"""Adverts to learn from: how they are read, and that none of those we measure on is among them."""

import json
from pathlib import Path

import pytest

from nlu.adverts.data import BadAdvert, flags_of, read_adverts, unmarked
from nlu.adverts.model import SOFT
from tests.nlu.conftest import ADVERTS

GOOD = """
- id: a1
  lang: zh
  risky: true
  flags: [rents_account]
  text: |
    [收卡](rents_account)，一张300
"""


def test_marks_are_taken_out_and_remembered() -> None:
    text, marks = unmarked("长期[收银行卡](rents_account)，[日结500](too_good_pay)")
    assert text == "长期收银行卡，日结500"
    assert [(mark.flag, text[mark.start : mark.end]) for mark in marks] == [
        ("rents_account", "收银行卡"),
        ("too_good_pay", "日结500"),
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("flags: [rents_account]", "flags: []"), "marked and not among"),
        (("flags: [rents_account]", "flags: [rents_account, upfront_fee]"), "among its flags and not marked"),
        (("  lang: zh\n", ""), "exactly the fields"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    (tmp_path / "x.yml").write_text(GOOD.replace(*change), encoding="utf-8")
    with pytest.raises(BadAdvert, match=says):
        read_adverts(tmp_path)


def test_the_same_advert_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text(GOOD + GOOD.replace("a1", "a2"), encoding="utf-8")
    with pytest.raises(BadAdvert, match="repeats"):
        read_adverts(tmp_path)


def test_every_flag_has_adverts_and_risky_means_a_hard_flag_or_two_soft_ones() -> None:
    adverts = read_adverts()
    assert len(set(flags_of(adverts))) == 18
    for advert in adverts:
        soft = advert.flags & SOFT
        risky = bool(advert.flags - SOFT) or ("too_good_pay" in soft and len(soft) > 1)
        assert advert.risky == risky, advert.id


def test_none_of_those_we_measure_on_is_learned_from() -> None:
    learned = {"".join(advert.text.split()) for advert in read_adverts()}
    measured = [json.loads(line) for line in ADVERTS.read_text(encoding="utf-8").splitlines()]
    assert len(measured) >= 150
    assert not learned & {"".join(advert["text"].split()) for advert in measured}
