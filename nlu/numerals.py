"""Numbers in a plain text: digits, Chinese numerals and English words, and what the words beside them say they are."""

import re
from typing import Literal, NamedTuple

Hint = Literal["amount", "count", "age", "time", "share", "year", ""]

_DIGITS = {
    numeral: value
    for value, numerals in enumerate(["零〇", "一壹", "二贰两俩", "三叁仨", *"四五六七八九"])
    for numeral in numerals
}
_TENS = {"十": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_HAN = "".join([*_DIGITS, *_TENS, *_MYRIADS])

_ONES_WORDS = """
zero one two three four five six seven eight nine ten
eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
"""
_TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ENGLISH = {word: value for value, word in enumerate(_ONES_WORDS.split())}
_ENGLISH |= {word: 10 * value for value, word in enumerate(_TENS_WORDS.split(), start=2)}
_WORD = "|".join(sorted(_ENGLISH, key=len, reverse=True))

# What may follow digits: 3千, 1.5w, 2 grand.
_HAN_SCALES = {"百万": 1_000_000, "十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_LATIN_SCALES = {"k": 1000, "w": 10_000, "m": 1_000_000, "mil": 1_000_000, "million": 1_000_000}
_LATIN_SCALES |= {"hundred": 100, "thousand": 1000, "thousands": 1000, "grand": 1000}
_SCALES = _HAN_SCALES | _LATIN_SCALES
_SCALE = rf"{'|'.join(_HAN_SCALES)}|(?:{'|'.join(sorted(_LATIN_SCALES, key=len, reverse=True))})(?![a-z])"

_NUMBER = re.compile(
    rf"""
    (?P<digits> \d{{1,3}}(?:,\d{{3}})+(?!\d) | \d+(?:\.\d+)? )  # 1,200 or 1.5
        (?:\ ?(?P<scale>{_SCALE})
            (?P<rest>\d(?!\d))?)?                                # the 5 of 1万5
    | (?P<han> [{"".join(_DIGITS)}十][{_HAN}]* )
    | (?<![a-z])
        (?P<words> (?:a\ (?=hundred|thousand))?
            (?: (?:{_WORD}|hundred|thousand) (?:[ -]and(?=\ (?:{_WORD})))? [ -]? )+ )
        (?![a-z])
    """,
    re.VERBOSE,
)

_MONEY_AFTER = re.compile(
    r"\ ?(?:块钱?|元|圆|大洋|人民币|软妹币|rmb|yuan|cny|r(?![a-z])|¥|kuai|bucks|每月|/[月天张]|一天|一个?月|一张)"
)
_MONEY_BEFORE = re.compile(
    r"(?:¥|rmb|cny|yuan|[月日时]薪|日结|工资|报酬|佣金|赚|挣|[给付骗]了?|提成|押金|paid|pays?|for|earn(?:ed)?|made)\ ?$"
)
_COUNTED = (
    r"(?:(?:more|spare|old|different|unused|extra|bank|sim|phone|wechat|qq|debit)\ )*(?:cards?|sims?|accounts?|numbers)"
)
_COUNT_AFTER = re.compile(rf"\ ?(?:张|套|个(?!月|小时|人|星期|礼拜|多|学)|{_COUNTED}(?![a-z]))")
_AGE_AFTER = re.compile(r"\ ?(?:周岁|岁|years?[ -]olds?|yrs?[ -]old|yo(?![a-z])|y/o)")
_AGE_BEFORE = re.compile(r"(?:i\ am|aged?|turned|turning|just|only|今年|刚满|未满|不满|年满|满|才|under|over)\ ?$")
_TIME_HAN = "年|个?月|天|周|个?星期|个?礼拜|个?小时|分钟|点|号|日|秒|次"
_TIME_LATIN = "years?|months?|weeks?|days?|hours?|min(?:ute)?s?|am|pm|times"
_TIME_AFTER = re.compile(rf"\ ?(?:{_TIME_HAN}|(?:{_TIME_LATIN})(?![a-z]))")
_SHARE_AFTER = re.compile(r"\ ?(?:%|percent|成(?!年)|倍|折|人|个人|people|students|friends|classmates)")
_YOUNGEST, _OLDEST = 5, 99
_LARGEST = 10**13
_FIRST_YEAR, _LAST_YEAR = 1949, 2049


class Numeral(NamedTuple):
    """A number, without its unit, and what the words beside it say it is."""

    start: int
    end: int
    value: int | float
    hint: Hint


def find_numerals(text: str) -> tuple[Numeral, ...]:
    """Every number in the plain `text`, in its order."""
    found = []
    for match in _NUMBER.finditer(text):
        value = _value(match)
        end = match.start() + len(match.group().rstrip(" -"))
        if value is not None:
            found.append(Numeral(match.start(), end, value, _hint(text, match.start(), end, value)))
    return tuple(found)


def number_in(text: str) -> int | float | None:
    """The first number in the plain `text`, None when it has none."""
    numerals = find_numerals(text)
    return numerals[0].value if numerals else None


def chinese_number(numeral: str) -> int:
    """The value of a Chinese numeral: 三千五 is 3500, 一万二 12000, 十六 16, 二零二三 2023."""
    if len(numeral) > 1 and all(character in _DIGITS for character in numeral):
        return int("".join(str(_DIGITS[character]) for character in numeral))
    total = section = digit = 0
    unit = 1
    for character in numeral:
        if character in _DIGITS:
            digit = _DIGITS[character]
            unit = 10 if character in "零〇" else unit
        elif character in _TENS:
            unit = _TENS[character]
            section += (digit or 1) * unit
            digit = 0
        else:
            unit = _MYRIADS[character]
            total = (total + section + digit or 1) * unit
            section = digit = 0
    # 三千五 leaves out the hundred: the last digit counts a tenth of the last unit.
    return total + section + (digit * unit // 10 if unit > 1 else digit)


def english_number(words: str) -> int:
    """The value of an English number in words: "three thousand five hundred" is 3500."""
    total = section = 0
    for word in re.split(r"[ -]+", words.strip(" -")):
        if word == "hundred":
            section = (section or 1) * 100
        elif word == "thousand":
            total += (section or 1) * 1000
            section = 0
        else:
            section += _ENGLISH.get(word, 0)
    return total + section


def _value(match: re.Match[str]) -> int | float | None:
    """The number that is written, None when nobody can mean one so large."""
    value = _read(match)
    return value if value is None or value <= _LARGEST else None


def _read(match: re.Match[str]) -> int | float | None:
    if han := match["han"]:
        return chinese_number(han)
    if words := match["words"]:
        return english_number(words)
    if len(match["digits"]) > 15:
        return None
    number = float(match["digits"].replace(",", ""))
    scale = _SCALES[match["scale"]] if match["scale"] else 1
    # 1w5 and 1万5 are 15000; a digit after anything else would have been part of the number.
    rest = int(match["rest"]) * scale // 10 if match["rest"] else 0
    return plain_number(round(number * scale, 4) + rest)


def plain_number(number: float) -> int | float:
    """`number` as an integer when it is one."""
    return int(number) if float(number).is_integer() else float(number)


def _hint(text: str, start: int, end: int, value: int | float) -> Hint:
    if _AGE_AFTER.match(text, end):
        return "age"
    if _COUNT_AFTER.match(text, end):
        return "count"
    if _SHARE_AFTER.match(text, end):
        return "share"
    if _TIME_AFTER.match(text, end):
        return "time"
    if _MONEY_AFTER.match(text, end):
        return "amount"
    before = text[max(0, start - 8) : start]
    if _AGE_BEFORE.search(before) and _YOUNGEST <= value <= _OLDEST:
        return "age"
    if _MONEY_BEFORE.search(before):
        return "amount"
    return "year" if _FIRST_YEAR <= value <= _LAST_YEAR and end - start == len("2020") else ""
