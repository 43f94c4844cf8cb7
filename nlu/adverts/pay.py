"""What an advert pays, by the hour, day, week, month or piece, and whether that is far too much for simple work."""

import re
from dataclasses import dataclass

from nlu.numerals import find_numerals

# What is far above the going rate for work without skills (yuan; in brackets dollars, euros, pounds). Students' usual
# part-time work pays 12 to 30 yuan an hour and 100 to 250 a day; docs/adverts.md says where the lines come from.
_TOO_MUCH = {"hour": 100, "day": 350, "piece": 250, "week": 4_000, "month": 15_000}
_TOO_MUCH_ABROAD = {"hour": 55, "day": 220, "piece": 150, "week": 1_100, "month": 4_500}

_BEFORE = {
    "hour": r"时薪|每小时|一小时|一个小时|小时薪资|/h",
    "day": r"日结|日薪|日入|日赚|每天|一天|天天|每晚|一晚|每日|半天|一夜",
    "week": r"周薪|周入|每周|一周|周结",
    "month": r"月薪|月入|月赚|每月|一个月|底薪|月综合|保底",
    "piece": r"一次|每次|一趟|一单|每单|一张|每张|一场|跑一趟|一个|每个",
}
_AFTER = {
    "hour": r"(?:元|块|r|rmb)?\s*(?:/|每|一|per|an|a|p)?\s*个?(?:小时|时|h(?:ou)?rs?|h)(?![a-z])",
    "day": r"(?:元|块|r|rmb|usd)?\s*(?:/|每|一|per|a)?\s*(?:天|日|晚|day|daily|night|晚上|一天)(?!班)",
    "week": r"(?:元|块|r|rmb|usd)?\s*(?:/|每|一|per|a)?\s*(?:周|week|weekly|wk)",
    "month": r"(?:元|块|r|rmb|usd)?\s*(?:/|每|一|per|a|个)?\s*(?:月|month|monthly|mo)(?![a-z])",
    "piece": r"(?:元|块|r|rmb|usd)?\s*(?:/|每|一|per|a|each)?\s*(?:次|趟|单|张|pickup|run|visit|trip|errand|each)",
}
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
    r"lawyer|violin|photographer|manager|director\b(?! on paper)|translator|consultant|驾照|叉车|电工|焊工"
)
_REACH = 10  # letters between the number and what it is for


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
    found = []
    for numeral in find_numerals(plain):
        unit = _unit(plain, numeral.start, numeral.end)
        if unit is not None:
            abroad = bool(_MONEY_BEFORE.search(plain[: numeral.start]) or _MONEY_AFTER.match(plain, numeral.end))
            found.append(Pay(float(numeral.value), unit, abroad or _is_english(plain), numeral.start, numeral.end))
    return found


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
