"""What an advert pays, by the hour, day, week, month or piece, and whether that is far too much for simple work."""

import re
from dataclasses import dataclass

from nlu.numerals import find_numerals

# What is far above the going rate for work without skills (yuan; in brackets dollars, euros, pounds). Students' usual
# part-time work pays 12 to 30 yuan an hour and 100 to 250 a day; docs/adverts.md says where the lines come from.
_TOO_MUCH = {"hour": 100, "day": 350, "piece": 250, "week": 4_000, "month": 15_000}
_TOO_MUCH_ABROAD = {"hour": 40, "day": 220, "piece": 150, "week": 900, "month": 4_000}

_BEFORE = {
    "hour": r"时薪|每小时|一小时|一个小时|小时薪资|/h(?![a-z])|hourly",
    "day": r"日结|日薪|日入|日赚|日均|每天|一天|天天|每晚|一晚|每日|半天|一夜|daily|every day",
    "week": r"周薪|周入|每周|一周|周结|weekly",
    "month": r"月薪|月入|月赚|每月|一个月|底薪|月综合|保底|salary|wages?|monthly",
    "piece": r"一次|每次|一趟|一单|每单|一张|每张|一场|跑一趟|一个|每个",
}
_AFTER = {
    "hour": r"(?:元|块|r|rmb)?\s*(?:/|每|一|per|an|a|p)?\s*个?(?:小时|时|h(?:ou)?rs?|h)(?![a-z])",
    "day": r"(?:元|块|r|rmb|usd)?\s*(?:/|每|一|per|a)?\s*(?:天|日|晚|day|daily|night|晚上|一天)(?!班)",
    "week": r"(?:元|块|r|rmb|usd)?\s*(?:/|每|一|per|a)?\s*(?:周|week|weekly|wk)",
    "month": r"(?:元|块|r|rmb|usd)?\s*(?:/|每|一|per|a|个)?\s*(?:月|month|monthly|mo)(?![a-z])",
    "piece": r"(?:元|块|r|rmb|usd)?\s*(?:/|每|一|per|a|each)?\s*(?:次|趟|单|张|pickup|run|visit|trip|errand|each)",
}
_YUAN = re.compile(r"rmb|yuan|cny|kuai|¥|￥|元|块")
_YEN = re.compile(r"\s*(?:日元|円|jpy|yen|韩元|krw|won|越南盾|泰铢|卢布)")
_PER_YEAR = re.compile(r"\s*(?:元|块|usd|gbp|eur)?\s*(?:per|a|an|/|每|一)?\s*(?:year|yr|annum|pa\b|p\.a|年)")
_LEAST_YEARLY = 12_000  # "salary 24,500" is what a year pays
_NO_PAY_BEFORE = re.compile(
    r"(?:走|流水|额度|限额|取|过账|入账|存|交|押|缴|充|垫|"
    r"capped at|limit|moves?)[^，。,.;；]{0,4}$|[0-9][:：]$"
)
# What is paid for a stretch of time: 「两小时2000」, `3 hours, $600`.
_STRETCH = re.compile(r"\s*(?:个)?(?P<unit>小时|钟头|分钟|天|晚|hours?|hrs?|h|minutes?|mins?|days?|nights?)(?![a-z])")
_HOURS = {"分钟": 1 / 60, "m": 1 / 60, "小": 1.0, "钟": 1.0, "h": 1.0}
_MONEY_BEFORE = re.compile(r"[$£€]\s*$|(?:usd|eur|gbp)\s*$")
_MONEY_AFTER = re.compile(r"\s*(?:[$£€]|usd|dollars|eur|pounds|bucks)")
_VAGUE = re.compile(
    r"(?:[日天]入|日赚|一天|每天|日薪)\s*(?:上|过|几)?(?:千|百)|月入\s*(?:上|过|几|数)?(?:万|十万)|(?:三|四|五)位数|"
    r"躺赚|躺着(?:赚|挣)|轻松(?:月入|日入|过万)|(?:周|月)入过万|six figures|6 figures|easy money|quick cash"
)
# Skills that are paid for, and work that is rightly dear.
_SKILLED = re.compile(
    r"工程师|程序员|开发|算法|架构|前端|后端|java|python|golang|go经验|律师|医生|护士|会计师|同传|口译|翻译|教练|持证|执业|资深|"
    r"高级|硕士|博士|总监|经理(?:人)?岗|主刀|飞行|船员证|摄影|跟拍|主持|配音|engineer|developer|senior|ph\.?d|licen[cs]ed|"
    r"years? of experience|\d\+? years|degree|bachelor|master|nurse|physician|scientist|analyst|architect|accountant|"
    r"lawyer|violin|photographer|manager|director\b(?! on paper)|translator|consultant|驾照|叉车|电工|焊工|家教|家长|"
    r"高一|高二|高三|初一|初二|初三|雅思|托福|速记|驻唱|伴奏|tutor|gcse|a-level|ielts"
)
_REACH = 10  # letters between the number and what it is for
_CLOSE = 6


@dataclass(frozen=True, slots=True)
class Pay:
    """What is paid, for what, and where it stands in the plain text."""

    amount: float
    unit: str
    abroad: bool  # in dollars, euros or pounds
    start: int
    end: int

    @property
    def is_far_too_much(self) -> bool:
        """Whether nobody pays that for work that needs no skill."""
        return self.amount >= (_TOO_MUCH_ABROAD if self.abroad else _TOO_MUCH)[self.unit]


def pays(plain: str) -> list[Pay]:
    """Everything that is paid according to one sentence of plain text."""
    numerals = find_numerals(plain)
    found = []
    for before, numeral in zip([None, *numerals], numerals, strict=False):
        start, end = numeral.start, numeral.end
        if _YEN.match(plain, end) or _PER_YEAR.match(plain, end) or _NO_PAY_BEFORE.search(plain[:start]):
            continue
        unit, amount = _unit(plain, start, end), float(numeral.value)
        if unit is None and before is not None:
            unit, share = _for_a_stretch(plain[before.end : start], float(before.value))
            amount *= share
        abroad = _is_abroad(plain, start, end)
        if unit is not None and not (abroad and unit == "month" and amount >= _LEAST_YEARLY):
            found.append(Pay(amount, unit, abroad, start, end))
    return found


def _for_a_stretch(between: str, length: float) -> tuple[str | None, float]:
    """The unit of what is paid for `length` hours, days or minutes, and which share of it one unit is."""
    match = _STRETCH.match(between)
    if match is None or len(between) - match.end() > _CLOSE or not length:
        return None, 1.0
    hours = _HOURS.get(match["unit"], _HOURS.get(match["unit"][0]))
    return ("day", 1 / length) if hours is None else ("hour", 1 / max(length * hours, 1.0))


def _is_abroad(plain: str, start: int, end: int) -> bool:
    """Whether a sum is in dollars, euros or pounds."""
    if _MONEY_BEFORE.search(plain[:start]) or _MONEY_AFTER.match(plain, end):
        return True
    return _is_english(plain) and not _YUAN.search(plain)


def far_too_much(plain: str) -> tuple[int, int] | None:
    """Where one sentence of plain text promises far too much; None when it does not."""
    for pay in pays(plain):
        if pay.is_far_too_much:
            return pay.start, pay.end
    vague = _VAGUE.search(plain)
    return vague.span() if vague is not None else None


def needs_skill(plain: str) -> bool:
    """Whether the advert asks for a skill that is paid for."""
    return _SKILLED.search(plain) is not None


def _unit(plain: str, start: int, end: int) -> str | None:
    """What the number is paid for: what stands right after it counts more than what stands before."""
    for unit, pattern in _AFTER.items():
        match = re.compile(rf"\s*[$£€]?\s*(?:-|~|到|至)?\s*{pattern}").match(plain, end)
        if match is not None:
            return unit
    before = plain[max(start - _REACH, 0) : start]
    near = [(match.end(), unit) for unit, pattern in _BEFORE.items() for match in re.finditer(pattern, before)]
    if near:
        return max(near)[1]
    return None


def _is_english(plain: str) -> bool:
    return not re.search(r"[\u3400-\u9fff]", plain)
