"""Who has done something, and whether it is done: what tells "I rented it out" from "may I rent it out".

Rough on purpose: it looks at word forms and their neighbours only, and the intent model learns how far to trust it.
"""

import re
from collections.abc import Iterator, Sequence

from nlu.analysis import Analysis
from nlu.tokens import Token

_IRREGULAR_WORDS = """
gave sold lent sent took did was were had got went made paid met told said found lost bought brought kept left ran wrote
came saw knew thought began became built put let gone given taken done been withdrew drew fell spent stole hid forgot
broke caught fought held led meant spoke stood taught won understood drove
"""
_NOT_PAST_WORDS = """
need indeed speed exceed proceed bleed based supposed allowed interested scared worried confused tired limited united
related unused
"""
_IRREGULAR, _NOT_PAST = frozenset(_IRREGULAR_WORDS.split()), frozenset(_NOT_PAST_WORDS.split())
_PASSIVE = frozenset(["was", "were", "been", "got", "is", "are", "be", "being", "get"])
_ASKING = frozenset(["can", "could", "should", "may", "would", "will", "do", "am"])

_SUBJECT_WORDS = {
    "me": "i we",
    "third": "he she his her roommate friend classmate cousin brother sister boyfriend girlfriend uncle dad mom guy "
    "girl",
    "they": "they boss manager police bank officer hr company agent recruiter scammer someone somebody teacher",
}
_SUBJECTS = {word: who for who, words in _SUBJECT_WORDS.items() for word in words.split()}
_SUBJECT_REACH = 4

_HAN_DONE = re.compile(r"[\u3400-\u9fff](?:了|过(?![分账流卡来去期年后]))")
_HAN_CLAUSE_END = re.compile(r"[,。!?;\n ]")
_HAN_THIRD = re.compile(r"[他她哥弟妹姐爸妈叔]|室友|同学|朋友|老乡")
_HAN_OPEN = re.compile(r"如果|要是|万一|会不会|能不能")
_HAN_REACH = 12


def deeds(analysis: Analysis) -> Iterator[tuple[int, str]]:
    """Where something is told as done, or asked leave for, and by whom: place in the plain text, and name."""
    tokens = analysis.tokens
    for index, token in enumerate(tokens):
        if _is_past(token.text):
            passive = index > 0 and tokens[index - 1].text in _PASSIVE
            yield token.start, f"{'passive' if passive else 'past'} {_subject(tokens, index)}"
        elif token.text in _ASKING and index + 1 < len(tokens) and tokens[index + 1].text == "i":
            yield token.start, "may i"
    for done in _HAN_DONE.finditer(analysis.plain.text):
        yield done.start(), f"done {_han_subject(analysis.plain.text, done.start())}"


def _is_past(word: str) -> bool:
    if word in _IRREGULAR:
        return True
    return word.endswith("ed") and len(word) > 4 and word.isalpha() and word not in _NOT_PAST


def _subject(tokens: Sequence[Token], verb: int) -> str:
    """Who does what the verb at `verb` says: the nearest person before it."""
    for token in reversed(tokens[max(0, verb - _SUBJECT_REACH) : verb]):
        if token.text in _SUBJECTS:
            return _SUBJECTS[token.text]
    begins = verb == 0 or not tokens[verb - 1].text[0].isalnum()
    return "none" if begins else "other"


def _han_subject(text: str, verb: int) -> str:
    """Who does what the character at `verb` says, from the clause before it."""
    clause = _HAN_CLAUSE_END.split(text[max(0, verb - _HAN_REACH) : verb + 1])[-1]
    if _HAN_OPEN.search(clause):
        return "if"
    if "被" in clause:
        return "passive"
    third = bool(_HAN_THIRD.search(clause))
    if "我" in clause:
        return "mixed" if third else "me"
    return "third" if third else "none"
