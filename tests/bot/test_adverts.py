"""The job check, with the model trained on all adverts: what is found, quoted, and said."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adverts.check import AdvertCheck, links_in
from bot.adverts.measure import Known, measure
from bot.adverts.phrases import phrase_book
from bot.dialogue.advert_pages import advert_page
from bot.settings import PROJECT
from content.library import Library
from content.phrases import compiled
from content.schema import LONGEST_MESSAGE
from nlu.adverts.data import read_adverts
from nlu.adverts.files import ensure_advert_model
from nlu.adverts.pieces import sentences
from nlu.normalise import Normaliser
from nlu.spelling import load_spellings

pytestmark = pytest.mark.model

ADVERTS = Path(__file__).parent.parent / "nlu" / "adverts.jsonl"
FLOOR_FOUND, CEILING_FLAGGED = 0.7, 0.12


@pytest.fixture(scope="module")
def check(library: Library) -> AdvertCheck:
    return AdvertCheck(library, ensure_advert_model(PROJECT / "var", phrase_book(library).hints))


def known(path: Path) -> list[Known]:
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [Known(one["text"], one["risky"], frozenset(one["flags"]), one["id"]) for one in lines]


@pytest.mark.parametrize(
    ("text", "flag", "quoted"),
    [
        ("长期收银行卡，一张500，四件套更高，加微信abc", "rents_account", "银行卡"),
        ("招聘兼职 只需两部手机一根音频线 宿舍就能做 时薪300", "equipment_hosting", "音频线"),
        ("刷单员，先垫付后返本金和佣金，手机操作", "click_farming", "刷单"),
        ("用自己的银行卡收款再转到公司账户，每笔返佣2个点", "running_points", "收款"),
        ("柬埔寨客服，包机票，月薪两万，不用经验", "overseas_lure", "柬埔寨"),
        ("入职先交500押金，干满三个月退", "upfront_fee", "押金"),
        ("高价回收微信号，实名的400一个，扫码登录一下就行", "sells_social_account", "微信号"),
        ("Receive payments in your bank account and forward them, keep 8%", "running_points", "account"),
        ("收 威❤ 老号，扣1", "sells_social_account", "威❤"),
    ],
)
def test_what_is_found_and_quoted(check: AdvertCheck, text: str, flag: str, quoted: str) -> None:
    verdict = check.check(text)
    assert verdict.risky
    assert flag in verdict.flags
    finding = next(one for one in verdict.findings if one.flag == flag)
    assert quoted in finding.quote
    assert text[finding.start : finding.end] == finding.quote


@pytest.mark.parametrize(
    "text",
    [
        "星河咖啡招兼职，20元/小时，工资打到本人银行卡，学院路88号，不收押金",
        "江岸银行暑期实习，引导客户、整理资料，120元/天，官网投递，不收任何费用",
        "移动营业厅招促销，顾客自己带身份证办卡，底薪100+提成，人民路店",
        "Cashier at FreshMart, $15/h, weekly pay, no experience needed, apply in store",
        "图书馆勤工助学，上架整架，每周8小时，三楼流通台报名",
    ],
)
def test_honest_adverts_are_left_alone(check: AdvertCheck, text: str) -> None:
    assert not check.check(text).risky


def test_one_soft_signal_alone_makes_no_advert_risky(check: AdvertCheck) -> None:
    for text in ("找家教，初三英语，一次120，加我微信", "周末帮忙搬家，两小时80，联系我"):
        assert not check.check(text).risky


def test_far_too_much_pay_from_nobody_is_a_suspicion(check: AdvertCheck, library: Library) -> None:
    verdict = check.check("一天1000，手机就能做，不用经验，加微信了解")
    assert verdict.risky
    assert verdict.suspicion
    page = advert_page(library, verdict, "zh")
    assert "怀疑，不是结论" in page.text


def test_without_a_flag_it_never_says_safe(check: AdvertCheck, library: Library) -> None:
    verdict = check.check("星河咖啡招兼职，20元/小时，学院路88号，店长李老师")
    for language, never in (("zh", ("安全", "放心", "没问题", "靠谱")), ("en", ("safe", "trustworthy", "no risk"))):
        page = advert_page(library, verdict, language)  # type: ignore[arg-type]
        assert not any(word in page.text.lower() for word in never), page.text
        assert "不能保证" in page.text or "can't vouch" in page.text


def test_links_are_named_and_never_opened(check: AdvertCheck, library: Library) -> None:
    text = "刷单返现，链接 https://a.example.com/x?y=1 或 www.b-shop.top，先垫付"
    verdict = check.check(text)
    assert verdict.links == ("https://a.example.com/x?y=1", "www.b-shop.top")
    assert "没有打开" in advert_page(library, verdict, "zh").text
    assert links_in("写信到 me@example.com 3.5元/小时") == ()


def test_every_page_fits_into_a_message(check: AdvertCheck, library: Library) -> None:
    for advert in known(ADVERTS):
        verdict = check.check(advert.text)
        for language in ("zh", "en"):
            page = advert_page(library, verdict, language)
            assert len(page.text) <= LONGEST_MESSAGE
            for finding in verdict.findings:
                assert advert.text[finding.start : finding.end] == finding.quote


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=600))
def test_any_text_can_be_checked(check: AdvertCheck, library: Library, text: str) -> None:
    verdict = check.check(text)
    for finding in verdict.findings:
        assert text[finding.start : finding.end] == finding.quote
    assert advert_page(library, verdict, "zh").text


def test_a_very_long_text_is_checked_in_bounded_time(check: AdvertCheck) -> None:
    check.check("收银行卡，日结五百。" * 5000)
    check.check("a" * 100_000)


def test_it_does_not_get_worse_on_adverts_nobody_tuned_on(check: AdvertCheck) -> None:
    figures = measure(check, known(ADVERTS)).as_json()
    assert figures["risky_found"] >= FLOOR_FOUND
    assert figures["honest_flagged"] <= CEILING_FLAGGED
    assert figures["flags"]["precision"] >= 0.75


def test_every_phrase_is_tried_where_it_may_stand(library: Library) -> None:
    book, normaliser = phrase_book(library), Normaliser(load_spellings())
    every = {name: compiled((*flag.phrases.zh, *flag.phrases.en)) for name, flag in library.red_flags.items()}
    found = 0
    for advert in read_adverts():
        for sentence in sentences(advert.text, normaliser):
            flags = {match.flag for match in book.matches(sentence.plain.text)}
            assert flags == {flag for flag, pattern in every.items() if pattern and pattern.search(sentence.plain.text)}
            found += len(flags)
    assert found > 1000
