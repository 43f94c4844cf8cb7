"""Whether a message asks what a word means: «取保候审是什么意思», "what is helping letters", or the word alone."""

import re
from dataclasses import dataclass

from content.library import Library, plain_name

_OPENING_HAN = "(?:请问|问一?下|想问一?下?|我想知道|麻烦|那么?|所以|到底)*"
_ASKING_HAN = "(?:什么是|什么叫做?|啥是|啥叫|何为|何谓|解释一?下|介绍一?下|科普一?下)"
_ENDING_HAN = (
    "(?:到底|究竟|又)?(?:是什么(?:意思|东西|玩意儿?|概念)?|是啥(?:意思|东西)?|是什么鬼|什么意思|啥意思"
    "|指的?是?什么|是指什么|的意思|的定义|怎么理解|是何意)"
)
_CLOSING_HAN = "(?:啊|呀|呢|嘛|吗|哦)?"
_HAN = re.compile(
    f"{_OPENING_HAN}(?:{_ASKING_HAN}(?P<after>.+?){_CLOSING_HAN}|(?P<before>.+?){_ENDING_HAN}{_CLOSING_HAN})"
)
_CRIME_HAN = re.compile(f"{_OPENING_HAN}(?P<crime>.+?)(?:是|属于|算)(?:什么|啥)(?:罪名?|行为){_CLOSING_HAN}")
# Nobody asks for a word in so many; the patterns above take long over long texts.
_LONGEST = 120
_LATIN = re.compile(
    r"(?:so |and |um |pls |please |can you |could you )*"
    r"(?:(?:what(?:'s| is| are|s| does| do| do you mean by| exactly is)|who(?:'s| is| are)|define|explain"
    r"|(?:the )?(?:meaning|definition) of)"
    r"(?: the| a| an| exactly| meaning of| term| word| crime of)* (?P<asked>.+?)"
    r"(?: mean| means| stand for| exactly| please)?"
    r"|(?P<meant>.+?) (?:meaning|means what|definition|mean))"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A term that was asked for.

    `plainly`: in a question for its meaning, not as the word alone; `own_name`: by the name it stands under.
    """

    term: str
    plainly: bool
    misnomer: bool
    own_name: bool


def asked_term(text: str, library: Library) -> Asked | None:
    """The term whose meaning `text` asks for, None when it asks for none that is known."""
    if len(text) > _LONGEST:
        return None
    plain = plain_name(text)
    crime = _CRIME_HAN.fullmatch(plain)
    if crime is not None:
        key = library.terms_by_name.get(crime["crime"])
        of_crime = key is not None and library.glossary[key].group == "crime"
        return _found(library, key, crime["crime"], plainly=True) if key is not None and of_crime else None
    for candidate, plainly in ((_asked(plain), True), (plain, False)):
        for name in (candidate, candidate.removesuffix(" crime")):
            key = library.terms_by_name.get(name) if name else None
            if key is not None:
                return _found(library, key, name, plainly=plainly)
    return None


def _found(library: Library, key: str, name: str, *, plainly: bool) -> Asked:
    term = library.glossary[key]
    misnomers = {plain_name(one) for one in term.misnomers}
    own = name in (plain_name(term.term.zh), plain_name(term.term.en))
    return Asked(key, plainly, name in misnomers, own)


def _asked(plain: str) -> str:
    """What the question is about, without the words of asking; "" when it is no such question."""
    for pattern in (_HAN, _LATIN):
        if match := pattern.fullmatch(plain):
            return next(group for group in match.groups() if group).strip()
    return ""
