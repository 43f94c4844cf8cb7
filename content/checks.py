"""What must hold between content files, and inside their sentences, beyond their shape."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from content import learning_checks, references
from content.kinds import FOLDERS
from content.library import Library
from content.private import private_numbers, real_names
from content.problems import Problem
from content.reading import Keys, data_of
from content.schema import Text

ID = re.compile(r"(?=.{1,32}$)[a-z0-9]+([_-][a-z0-9]+)*")
REVIEW_EVERY_DAYS = 365
_LONGEST_SENTENCE = 5000

_PLACE = re.compile(r"\{(\w*)\}")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_HAN = re.compile(r"[\u4e00-\u9fff]")
# 3 to 6 digits that stand alone and look like a service number; article numbers, years and sums are told apart below.
_SERVICE_NUMBER = re.compile(
    r"(?<![\d.,，第〔-])(1[0-2]\d|9\d{4}|12[1-9]\d{2}|100\d\d)(?!\d|[.,]\d|[%％‰〕]|人|\s?(?:年|元|块|分|万|余|条|页|yuan|points|people|cases))"
)
# Words of a law, facts of a case, scenes of a story and sources may hold any number.
_MAY_QUOTE = ("words", "law", "short", "subject", "source", "sources", "facts", "outcome", "number", "scenes")
_BRACKETS = {"（": "）", "(": ")", "「": "」", "《": "》", "【": "】", "“": "”"}


def check(library: Library) -> Iterator[Problem]:
    """Every problem that one file alone does not show."""
    yield from references.check(library)
    yield from _dates(library)
    if not library.broken:  # what a broken file names cannot be known
        yield from _unreachable(library)
    yield from learning_checks.check(library)
    numbers = frozenset(library.hotlines)
    for document in library.documents.values():
        for keys, message, warning in _in_sentences(document.text, numbers):
            yield document.problem(keys, message, warning=warning)


@lru_cache(maxsize=2048)
def _in_sentences(text: str, hotlines: frozenset[str]) -> tuple[tuple[Keys, str, bool], ...]:
    """What is wrong in the sentences of a file: where, what, and whether it is only a reminder."""
    found: list[tuple[Keys, str, bool]] = []
    for keys, sentence in _sentences(data_of(text)):
        if len(sentence) > _LONGEST_SENTENCE:
            found.append((keys, f"has {len(sentence)} characters: no message is so long", False))
            continue
        found += [(keys, message, False) for message in _sentence_problems(hotlines, keys, sentence)]
        found += [(keys, message, True) for message in real_names(sentence)]
    return tuple(found)


def _dates(library: Library) -> Iterator[Problem]:
    today = date.today()
    for key, law in library.laws.items():
        document = library.documents[f"laws/{key}"]
        cited = library.citing(key)
        if law.repealed and law.repealed <= today and cited:
            yield document.problem(("repealed",), f"repealed, but cited by {', '.join(cited)}: cite what replaced it")
        if str(law.text_as_of) > (today + timedelta(days=1)).isoformat():
            yield document.problem(("text_as_of",), "lies in the future")
        if law.in_force and law.in_force > today and cited:
            yield document.problem(("in_force",), f"not in force yet, but cited by {', '.join(cited)}")
    for folder in FOLDERS:
        for key, item in getattr(library, folder).items():
            if not hasattr(item, "reviewed"):
                continue
            document = library.documents[f"{folder}/{key}"]
            if item.reviewed > today + timedelta(days=1):  # it is tomorrow already in China
                yield document.problem(("reviewed",), "lies in the future")
            elif (today - item.reviewed).days > REVIEW_EVERY_DAYS:
                message = "reviewed more than a year ago: read it again and set the date"
                yield document.problem(("reviewed",), message, warning=True)


def _unreachable(library: Library) -> Iterator[Problem]:
    answers = [answer for topic in library.topics.values() for answer in topic.answers]
    used_cases = {case for answer in answers for case in answer.cases}
    used_guides = {answer.guide for answer in answers}
    for key in library.cases.keys() - used_cases:
        document = library.documents[f"cases/{key}"]
        yield Problem(document.path, 1, "", "no answer shows this case: name it under `cases` of a topic")
    for key in library.guides.keys() - used_guides:
        document = library.documents[f"guides/{key}"]
        yield Problem(document.path, 1, "", "no answer leads to this guide: name it under `guide` of a topic")
    for key in library.laws:
        if not library.citing(key):
            document = library.documents[f"laws/{key}"]
            yield Problem(document.path, 1, "", "nothing cites this law: cite it or remove the file")


def _sentences(data: object, keys: Keys = ()) -> Iterator[tuple[Keys, str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _sentences(value, (*keys, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _sentences(value, (*keys, index))
    elif isinstance(data, str) and keys and keys[-1] in Text.model_fields:
        yield keys, data


def _sentence_problems(hotlines: frozenset[str], keys: Keys, sentence: str) -> Iterator[str]:
    if match := _TAG.search(sentence):
        yield f"{match.group()} looks like HTML: write plain text"
    if keys[-1] == "en" and _HAN.search(_outside_brackets(sentence)) and keys[0] not in ("words", "source"):
        yield "Chinese characters in the English text: translate them, or put them in round brackets"
    if keys[-1] == "zh" and not _HAN.search(sentence) and len(sentence) > 20:
        yield "the Chinese text holds no Chinese: translate it"
    yield from _unbalanced(sentence)
    yield from private_numbers(sentence)
    for match in _SERVICE_NUMBER.finditer(sentence):
        if match.group() not in hotlines and keys[0] not in _MAY_QUOTE:
            yield f"{match.group()} is not a hotline of hotlines.yml: use a listed one"


def _outside_brackets(sentence: str) -> str:
    return re.sub(r"[(（《「][^)）》」]{0,200}[)）》」]", "", sentence)


def _unbalanced(sentence: str) -> Iterator[str]:
    for opening, closing in _BRACKETS.items():
        if sentence.count(opening) != sentence.count(closing):
            yield f"{opening} and {closing} do not match"
