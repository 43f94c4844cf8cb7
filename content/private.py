"""What must not stand in a content file: the name of a real person, or a private number."""

import re
import unicodedata
from collections.abc import Iterator

_SURNAMES = (  # the most common ones
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付傅白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤欧阳"
)
# Who such sentences are about; a name follows it. Published cases say 张某, 张某某, 张某甲, 张×, Zhang.
_WHO = (
    "被告人|犯罪嫌疑人|嫌疑人|受害人|被害人|当事人|证人|原告|被告|男子|女子|学生|同学|室友|经理|老师|民警|律师|法官"
    "|检察官"
)
_NAMED = re.compile(rf"(?:{_WHO})(?P<name>[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?=[，。、；：（(“”\s]|$)")
_INTRODUCED = re.compile(rf"(?P<name>[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?:（化名）|[，、](?:男|女)[，、])")
_ANONYMOUS = re.compile(r"[某甲乙丙丁×*]|[\u4e00-\u9fff][xX]")
# Words that begin with what is also a surname.
_NO_NAMES_WORDS = """
马上 万一 高兴 周末 高考 黄金 高校 金融 严厉 任意 马路 万分 高度 金钱 周围 马虎 高薪 严重 严格 任务 于今
家长 全部 全体 都说 都在 于是 任何 高中 江边 金额 白天 向他 何时 何人 何处 万元 万多 余人 毛病
"""
_NO_NAMES = frozenset(_NO_NAMES_WORDS.split())
_PINYIN_SURNAME = (
    "Wang|Li|Zhang|Liu|Chen|Yang|Huang|Zhao|Wu|Zhou|Xu|Sun|Zhu|Hu|Guo|Lin|Gao|Luo|Zheng|Liang|Xie|Song|Tang|Han"
    "|Feng|Deng|Cao|Peng|Zeng|Tian|Dong|Yuan|Pan|Jiang|Cai|Yu|Du|Ye|Cheng|Su|Wei|Lu|Ding|Ren|Shen|Yao|Lv"
)
_SYLLABLES = r"(?:[bpmfdtnlgkhjqxzcsrwy]|zh|ch|sh)?(?:[aeiou]{1,3}(?:ng|n|r)?)"
_LATIN = re.compile(
    rf"\b(?P<name>(?:{_PINYIN_SURNAME}) (?=[A-Z])(?i:{_SYLLABLES}){{1,2}})\b(?! (?:City|County|Court|Law))"
)
_TITLES = re.compile(r"\b(?:Mr|Ms|Mrs|Miss)\.? [A-Z][a-z]+ [A-Z][a-z]+")

_NUMBERS = {
    "a private phone, card or ID number": re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx]|\d{16,19})(?!\d)"),
    "a phone number": re.compile(
        r"(?<![\d〔-])(?:0\d{2,3}[- ]?\d{7,8}|[48]00[- ]\d{3}[- ]\d{4}|1[3-9]\d[- ]\d{4}[- ]\d{4})(?!\d)"
    ),
    "an e-mail address": re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,}"),
    "the number of a chat account": re.compile(
        r"(?i)(?:qq|微信号?|vx|wechat|加v)(?:群|号| id)?\s?[:：]?\s?(?=[a-z_-]*\d)[a-z0-9_-]{5,20}"
    ),
}


def private_numbers(sentence: str) -> Iterator[str]:
    """What in `sentence` looks like a private number or address, each said in words."""
    sentence = unicodedata.normalize("NFKC", sentence)
    for kind, pattern in _NUMBERS.items():
        if match := pattern.search(sentence):
            yield f"{match.group()[:3]}… looks like {kind}: remove it"


def real_names(sentence: str) -> Iterator[str]:
    """What in `sentence` looks like the name of a real person. It sees some and takes other words for names."""
    for pattern in (_NAMED, _INTRODUCED, _LATIN, _TITLES):
        for match in pattern.finditer(sentence):
            name = match.groupdict().get("name") or match.group()
            if not _ANONYMOUS.search(name) and name not in _NO_NAMES:
                yield f"{name!r} looks like the name of a real person: write it as published, 张某 or Zhang"
