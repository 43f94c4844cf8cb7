"""What a message means after the last answer: 「那手机卡呢」, "and if i didn't know?", 「我才17」, 「判几年啊」, "why".

Within half an hour a student goes on where the last answer ended. A fragment that only changes what it is about asks
the last question again with the change; a short question about the law is about what was talked of before.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.dialogue.state import Entities, State
from nlu.interpreter import FALLBACK, Entity, Parse, Value

_ABOUT = ("item", "deal", "job", "relation", "count", "amount", "age", "role")
# What says whose matter it is stays true while the matter changes.
_OF_THE_PERSON = ("age", "role")

# Questions about the law or about what next: they name no card and no job of their own, and mean the one before.
_ABOUT_THE_SAME = frozenset(
    (
        *("ask_penalty", "ask_threshold", "ask_knowledge", "ask_age", "ask_leniency", "ask_record_consequences"),
        *("ask_account_restrictions", "ask_related_crimes", "ask_case_example", "ask_how_to_refuse", "ask_hotline"),
        *("ask_why_cards", "talk_to_counsellor"),
    )
)
_SMALL_TALK = frozenset(
    (
        *("greet", "goodbye", "thanks", "affirm", "deny", "ask_bot", "start_quiz", "change_language", "ask_privacy"),
        *("subscribe", "unsubscribe", "feedback_wrong", "distress"),
    )
)

_REPORTS = "report_"
LONGEST_FRAGMENT = 24  # letters; an English word counts as two Chinese characters
_FILLERS_HAN = re.compile(
    r"那么?|如果|要是|假如|换成|换作|要么|还有|另外|或者|的话|怎么样|怎样|怎么办|怎么说|会怎样|行不行|行吗|可以吗|呢|吗|啊|呀|吧|嘛|哦|嗯"
    r"|我们?|他们?|她们?|是|才|只有?|就|也|都|有|用|给|把|一?个|一?张|的|了|刚|今年|现在|周?岁|块钱?|元|钱|不是|而是|一样"
)
_FILLERS_LATIN = re.compile(
    r"\b(?:and|or|but|so|then|what|how|about|if|it|its|it's|is|was|were|are|the|a|an|my|mine|his|her|their|only|just|i|i'm"
    r"|im|am|he|she|they|we|with|for|of|to|in|on|instead|also|too|same|years?|yrs?|old|yo|yuan|rmb|ok|okay|well|hmm|like"
    r"|would|that|be|this|one|not|rather|say|maybe|case)\b"
)
_WHY = re.compile(r"(?:为什么|为啥|为何|凭什么|怎么会|why|why is that|why not|how come|but why)(?:呢|啊|呀|这样|so)?")
_IF_UNKNOWING = re.compile(r"不知道|不知情|不清楚|没想到|didn'?t know|did not know|don'?t know|no idea|unaware")
_UNDER = re.compile(r"(?:未满|不满|不到|没满|没到|还没|under|below|younger than|not yet)\s*$")
_NUMERALS = ("一", "两", "三", "四", "五", "六", "七", "八", "九", "十")
_COUNT = re.compile(
    rf"(?:那|如果|要是|我|有|给了?|就|只)*(\d{{1,3}}|{'|'.join(_NUMERALS)})[张套](?:卡)?(?:呢|吗|的话|会?怎么?样?)?"
)
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Understood:
    """What is asked, and about what. `why`: the reasons for the last answer are asked for."""

    intent: str
    entities: Entities
    why: bool = False


def follow_up(text: str, parse: Parse, before: State, knows_ages: Callable[[str], bool]) -> Understood:
    """What `text` means after `before`, the state that the last answer left (an empty one when there was none).

    `knows_ages`: whether the answers to an intent differ by age.
    """
    bare = _bare_count(text)
    own = _values(text, parse.entities) or bare
    last = before.topic.partition(".")[0]
    told = parse.intent.startswith(_REPORTS)  # what has happened is never taken for a change of the question
    if not last or told or parse.intent in _SMALL_TALK or length(text) > LONGEST_FRAGMENT:
        return Understood(parse.intent, _with_person(own, before.entities) if last else own)
    if _WHY.fullmatch(_bare(text)):
        return Understood(last, before.entities, why=True)
    if bare or _only_changes(text, parse.entities):
        only_age = set(own) == {"age"}
        return Understood("ask_age" if only_age and not knows_ages(last) else last, {**before.entities, **own})
    if _IF_UNKNOWING.search(text.casefold()) and parse.intent in (FALLBACK, "out_of_scope", "ask_knowledge"):
        return Understood("ask_knowledge", {**before.entities, **own})
    if parse.intent in _ABOUT_THE_SAME and not _names_a_matter(own):
        return Understood(parse.intent, {**before.entities, **own})
    return Understood(parse.intent, _with_person(own, before.entities))


def length(text: str) -> int:
    """How long a message is: Chinese characters, and two for every Latin word or number."""
    return len(re.findall(r"[\u3400-\u9fff]", text)) + 2 * len(re.findall(r"[A-Za-z0-9']+", text))


def _values(text: str, entities: tuple[Entity, ...]) -> dict[str, tuple[Value, ...]]:
    """What is mentioned. Somebody "under 16" is 15 at the most: another answer holds for them."""
    values: dict[str, tuple[Value, ...]] = {}
    for entity in entities:
        value = entity.value
        if entity.entity == "age" and isinstance(value, int) and _UNDER.search(text[: entity.start].casefold()):
            value -= 1
        values[entity.entity] = (*values.get(entity.entity, ()), value)
    return values


def _bare_count(text: str) -> dict[str, tuple[Value, ...]]:
    """The number in 「3张呢」: too short a message for the model to know that cards are counted."""
    match = _COUNT.fullmatch(_MARKS.sub("", text))
    if match is None:
        return {}
    number = match[1]
    return {"count": (int(number) if number.isdecimal() else _NUMERALS.index(number) + 1,)}


def _with_person(own: Entities, before: Entities) -> Entities:
    return {**{name: before[name] for name in _OF_THE_PERSON if name in before}, **own}


def _names_a_matter(own: Entities) -> bool:
    return any(name in own for name in ("item", "job"))


def _only_changes(text: str, entities: tuple[Entity, ...]) -> bool:
    """Whether the message holds nothing but mentions and little words: it changes what the last question is about."""
    if not any(entity.entity in _ABOUT for entity in entities):
        return False
    rest = list(text)
    for entity in entities:
        rest[entity.start : entity.end] = " " * (entity.end - entity.start)
    plain = "".join(rest).casefold().replace("\u2019", "'")
    plain = _FILLERS_HAN.sub(" ", _FILLERS_LATIN.sub(" ", plain))
    return not _MARKS.sub("", plain)


def _bare(text: str) -> str:
    return " ".join(_MARKS.sub(" ", text.casefold()).split())
