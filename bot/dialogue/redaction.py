"""Take out of a question whatever could tell who asked it, before it is kept: numbers, names, addresses.

Rather too much than too little: an admin who reads the question needs to know what is asked, not by whom.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_NAMED = {
    "id": ("证件号", "ID number"),
    "phone": ("手机号", "phone"),
    "card": ("卡号", "card number"),
    "number": ("号码", "number"),
    "mail": ("邮箱", "e-mail"),
    "link": ("链接", "link"),
    "account": ("账号", "account"),
    "name": ("姓名", "name"),
    "school": ("学校", "school"),
    "class": ("班级", "class"),
    "place": ("地址", "address"),
    "date": ("日期", "date"),
}
_HAN = "\u4e00-\u9fff"
_NUMERAL = "零〇一二三四五六七八九幺两"
# Between the digits of a number that somebody tears apart: spaces, marks, emoji, invisible signs.
_TORN = r"[^\w\n。；;!?！？，,、]{0,3}"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆"
    "汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_TITLES = "老师|同学|学长|学姐|学弟|学妹|师兄|师姐|导员|辅导员|经理|主管|老板|哥|姐|叔|阿姨|先生|女士|总|队长|警官|教授"
# Ordinary words that begin like a name.
_WORDS = """
高薪 高价 高考 高中 高铁 白天 白跑 方便 方式 马上 任何 任务 于是 向你 何时 何必 许多 许可 金额
金融 钱包 钱款 石头 江湖 武汉 万一 程序 余额 付款 付费 付钱 成功 明白 安全 温和 钟点 钟头 毛病
龙头 范围 夏天 夏令 顾客 叶子 苏州 严重 严格 严打 陆续 沈阳 黄金 黄牛 黄码 周末 周一 周二 周三
周四 周五 周六 周日 周结 周薪 周边 曾经 黎明 贺卡 郑重 郑州 唐山 韩国 向他 江苏 江西 董事 杜绝
常见 马路 马来 胡说 胡扯 何况 万元 万块 余下 于我 任课 任职
"""
_LATIN_WORDS = """
wechat alipay telegram whatsapp signal facebook instagram tiktok douyin weibo qq paypal usdt bitcoin gmail linkedin
china chinese english beijing shanghai bank card sim police i my the a an he she they we you is are if can what how
why when where do does did will would should could monday tuesday wednesday thursday friday saturday sunday january
february march april may june july august september october november december visa id atm app ok taobao xianyu meituan
"""
_NOT_NAMES = frozenset(_WORDS.split())
_KNOWN_LATIN = frozenset(_LATIN_WORDS.split())


def _never(_match: re.Match[str]) -> bool:
    return False


def _is_amount(match: re.Match[str]) -> bool:
    """「30000元」 is what the question is about, and stays."""
    after = match.string[match.end() : match.end() + 4].lstrip()
    units = ("元", "块", "人民币", "yuan", "rmb", "RMB")
    return match.group().isdigit() and len(match.group()) <= 7 and after.startswith(units)


def _is_word(match: re.Match[str]) -> bool:
    return match.group()[:2] in _NOT_NAMES


def _is_known(match: re.Match[str]) -> bool:
    return all(word.lower() in _KNOWN_LATIN for word in match.group().split())


@dataclass(frozen=True)
class _Rule:
    """What a pattern takes out, and what of it stays all the same."""

    what: str
    pattern: re.Pattern[str]
    stays: Callable[[re.Match[str]], bool] = _never


def _after(*words: str) -> str:
    """Right after one of these words."""
    return "(?:" + "|".join(f"(?<={word})" for word in words) + ")"


_LATIN_NAME = r"[A-Z][a-z]+(?: [A-Z][a-z]+)?"
_CALLED = _after(
    "微信号", "微信", "扣扣", "[qQ]{2}号", "[qQ]{2}", "[wWvV][xX]", "[vV]信", "[wW]e[cC]hat", "[tT]elegram"
)
_NUMBERED = _after("学号", "工号", "账号", "卡号")
_NAME_COMES = _after("我叫", "名叫", "名字叫", "姓名[:：]", "姓名是", "名字是")
_NAME_ENDS = r"(?=[，,。 ！!、；;的是在今和]|$)"
_SAID_OF = rf"(?<=[叫是找问给跟和被让把，,。\s])[{_SURNAMES}]"
_DOES = r"(?=[，,。！!、；;\s]|$|说|让|叫|给|把|的|也|他|她|骗|转)"

# In order: what is found first is taken out first.
_RULES = (
    _Rule("link", re.compile(r"(?:https?://|www\.|t\.me/)\S+", re.I)),
    _Rule("mail", re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\s?\.\s?[\w-]+)+")),
    _Rule("link", re.compile(r"(?<![\w@.])(?:[\w-]+\.)+(?:com|cn|net|org|top|xyz|vip|me|io|cc)\b\S*", re.I)),
    _Rule("account", re.compile(r"@[A-Za-z0-9_]{3,}")),
    _Rule(
        "account",
        re.compile(rf"(?:{_CALLED}|{_NUMBERED})\s{{0,2}}(?:是|为|号|id|is|:|：)?\s{{0,2}}[A-Za-z0-9][\w.*-]{{3,}}"),
    ),
    _Rule("date", re.compile(r"(?:19|20)\d\d\s?[年./-]\s?\d{1,2}\s?[月./-]\s?\d{1,2}\s?日?")),
    _Rule("id", re.compile(rf"(?<!\d)(?:\d{_TORN}){{17}}[\dXx](?!\d)")),
    _Rule("phone", re.compile(rf"(?<!\d)(?:\+?{_TORN}86{_TORN})?1{_TORN}[3-9]{_TORN}(?:\d{_TORN}){{8}}\d(?!\d)")),
    _Rule("phone", re.compile(rf"[一幺][三五七八九四六][{_NUMERAL}]{{9}}")),
    _Rule("card", re.compile(rf"(?<!\d)(?:\d{_TORN}){{12,18}}\d(?!\d)")),
    _Rule("number", re.compile(rf"(?<!\d)(?:\d{_TORN}){{4,}}\d"), _is_amount),
    _Rule("number", re.compile(rf"[{_NUMERAL}]{{5,}}")),
    _Rule(
        "number",
        re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤川青藏琼宁][A-Z][·\s]?[A-Z0-9]{5,6}"),
    ),
    _Rule("school", re.compile(rf"[{_HAN}]{{2,12}}?(?:职业技术学院|职业学院|技术学院|师范学院|大学|学院)(?![生英])")),
    _Rule("school", re.compile(r"\b(?:University|College|Institute)\s+of\s+[A-Z]\w+(?:\s+[A-Z]\w+)*")),
    _Rule("school", re.compile(r"\b(?:[A-Z]\w+\s+)+(?:University|College|Institute)\b")),
    _Rule("class", re.compile(rf"[{_HAN}]{{0,6}}?\d{{2,4}}(?:级|班)|[{_HAN}]{{1,3}}\d{{4}}班?(?=[，,。 ])")),
    _Rule("place", re.compile(rf"[{_HAN}]{{2,8}}?(?:路|街|巷|小区|公寓)\d{{1,5}}号?(?:楼|栋|幢)?\d{{0,4}}")),
    _Rule("place", re.compile(r"\d{1,2}(?:号楼|栋|幢|舍)\d{2,4}(?:室|寝室)?")),
    _Rule("name", re.compile(rf"{_NAME_COMES}\s?[{_HAN}·]{{2,4}}?{_NAME_ENDS}")),
    _Rule("name", re.compile(rf"(?<![{_HAN}])[{_SURNAMES}][{_HAN}]{{0,2}}?(?={_TITLES})"), _is_word),
    _Rule("name", re.compile(rf"{_SAID_OF}[{_HAN}]{{0,2}}?(?={_TITLES})"), _is_word),
    _Rule("name", re.compile(rf"{_SAID_OF}[{_HAN}]{{1,2}}{_DOES}"), _is_word),
    _Rule("name", re.compile(r"(?<=\b[mM]y name is )[A-Za-z]+(?: [A-Z][a-z]+)?")),
    _Rule("name", re.compile(_after(r"\bcalled ", r"\bnamed ", r"\bI'm ", r"\bI am ") + _LATIN_NAME), _is_known),
    _Rule("name", re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Teacher)\.? [A-Z][a-z]+")),
    _Rule("name", re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?: [A-Z][a-z]+)*"), _is_known),
)


def redacted(text: str, language: str) -> str:
    """The question without what could tell who asked it; what was taken out is named in its place."""
    plain = "".join(_letters(text))
    for rule in _RULES:
        plain = _without(plain, rule, language)
    return " ".join(plain.split())


def _without(text: str, rule: _Rule, language: str) -> str:
    chinese, english = _NAMED[rule.what]
    in_place = f"〔{chinese}〕" if language == "zh" else f"[{english}]"
    return rule.pattern.sub(lambda match: match.group() if rule.stays(match) else in_place, text)


def says_something(text: str) -> bool:
    """Whether there are words left beside what was taken out."""
    rest = re.sub(r"〔[^〕]*〕|\[[^\]]*\]", "", text)
    return len(re.findall(rf"[{_HAN}]|[A-Za-z]{{2,}}", rest)) >= 3


def _letters(text: str) -> Iterator[str]:
    """Half-width digits and letters, and nothing invisible; Chinese marks stay as they are."""
    for char in text:
        if unicodedata.category(char) in ("Cf", "Cs", "Co", "Cn"):
            continue
        wide = unicodedata.normalize("NFKC", char)
        yield wide if len(wide) == 1 and wide.isalnum() else char
