"""Which language a message is written in: Chinese, English, or really both."""

import re
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en", "mixed"]
AnswerLanguage = Literal["zh", "en"]

# Written alike in both languages, so they say nothing about which one a message is in.
_BRAND_WORDS = """
wechat weixin alipay qq wx vx zfb yhk usdt btc u app apps sim vip id ip goip telegram tg whatsapp apple iphone
android pdd taobao tmall jd douyin tiktok bilibili xhs boss hr it ok pos atm kk nft vpn gpt icloud steam
unionpay ai kpi offer ppt cv usb cn com www http https emo pua dd xdm qr gps sms kyc
"""
_PINYIN_WORDS = """
bangxinzui bangxin paofen yinhangka shoujika dianhuaka duanka duankaxingdong weifa fanfa fanzui zuke zuka maika
maka shouka yanyin yanshi zhapian zuolao jianzhi xuesheng fudaoyuan yangka shuadan yinliu laqun kanong kashang
zousi zhuanzhang quxian liangka sijiantao zhifubao shenfenzheng gongan jingcha panji panjinian ma
"""
_BRANDS, _PINYIN = frozenset(_BRAND_WORDS.split()), frozenset(_PINYIN_WORDS.split())
_URL = re.compile(
    r"(?:https?://|www\.)[!-~]+|[\w.+-]{1,40}@[\w-]{1,40}(?:\.\w{1,20})+|\b[a-z0-9-]{1,40}(?:\.[a-z0-9-]{1,40}){1,4}",
    re.IGNORECASE | re.ASCII,
)
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['\u2019][A-Za-z]+)?")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

# The language of a longer message shows in its beginning.
_ENOUGH = 2000
# A Chinese word has about one and a half characters.
_HAN_PER_WORD = 1.5
# Below this share the other language is a borrowed word, not half of the message.
_REAL_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class _Content:
    """How many words of each language a message has, brand words, addresses and numbers left out."""

    han: float
    latin: int


def detect_language(text: str) -> Language:
    """The language of `text`; Chinese when nothing in it tells (digits, symbols, nothing at all)."""
    content = _content(text)
    total = content.han + content.latin
    if not total:
        return "en" if _only_brands(text) else "zh"
    if content.han / total < _REAL_SHARE:
        return "en" if content.latin else "zh"
    if content.latin / total < _REAL_SHARE:
        return "zh"
    return "mixed"


def stronger_language(text: str) -> AnswerLanguage:
    """The language that `text` has more of; Chinese when both weigh the same."""
    content = _content(text)
    return "en" if content.latin > content.han else "zh"


def _content(text: str) -> _Content:
    plain = _URL.sub(" ", text[:_ENOUGH])
    words = [word.lower() for word in _LATIN_WORD.findall(plain)]
    pinyin = sum(word in _PINYIN for word in words)
    latin = sum(word not in _BRANDS and word not in _PINYIN for word in words)
    return _Content(len(_HAN.findall(plain)) / _HAN_PER_WORD + pinyin, latin)


def _only_brands(text: str) -> bool:
    """Whether Latin words were found, though none that tells: `ok` and `wechat sim` are English."""
    return bool(_LATIN_WORD.search(_URL.sub(" ", text[:_ENOUGH])))
