"""What a change of phrases does: the known adverts whose verdict it changes, against the phrases released last."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.adverts.check import AdvertCheck
from content.learning import AdvertWords, Phrases
from content.library import Library
from content.loading import CONTENT_FOLDER, RELEASED_FOLDER
from nlu.adverts.data import read_adverts

RELEASED = CONTENT_FOLDER / RELEASED_FOLDER / "phrases.json"


@dataclass(frozen=True)
class Change:
    """A known advert and what is found in it with the released phrases and with today's."""

    advert: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    was_risky: bool
    is_risky: bool
    phrases_before: tuple[str, ...]  # the flags that phrases alone show; the model may know them without
    phrases_after: tuple[str, ...]
    ought: bool  # what the people who wrote it say

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.advert,
            "before": {"risky": self.was_risky, "flags": list(self.before)},
            "after": {"risky": self.is_risky, "flags": list(self.after)},
            "by_phrase": {"before": list(self.phrases_before), "after": list(self.phrases_after)},
            "ought_to_be_risky": self.ought,
        }

    def as_line(self) -> str:
        """One line: what is new (+), what is gone (-), and whether the verdict is right now."""
        signs = _difference(self.before, self.after)
        by_phrase = _difference(self.phrases_before, self.phrases_after)
        phrases = f"  by phrase: {' '.join(by_phrase)}" if by_phrase else ""
        turned = "" if self.was_risky == self.is_risky else f"  {_verdict(self.was_risky)} -> {_verdict(self.is_risky)}"
        wrong = "" if self.is_risky == self.ought else "  (wrong)"
        return f"{self.advert}: {' '.join(signs)}{turned}{wrong}{phrases}"


def _difference(before: tuple[str, ...], after: tuple[str, ...]) -> list[str]:
    return [f"+{one}" for one in after if one not in before] + [f"-{one}" for one in before if one not in after]


def _verdict(risky: bool) -> str:
    return "risky" if risky else "honest"


def phrases_of(library: Library) -> dict[str, Any]:
    """Every phrase in content, as it is kept for the next comparison."""
    flags = {name: flag.phrases.model_dump(mode="json") for name, flag in library.red_flags.items()}
    return {"flags": flags, "words": library.adverts.model_dump(mode="json")}


def release(library: Library, path: Path = RELEASED) -> Path:
    """Keep today's phrases as those to compare with."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(phrases_of(library), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def with_released_phrases(library: Library, path: Path = RELEASED) -> Library:
    """The same library with the phrases released last; as it is when none were."""
    if not path.exists():
        return library
    kept = json.loads(path.read_text(encoding="utf-8"))
    flags = {
        name: flag.model_copy(update={"phrases": Phrases.model_validate(kept["flags"].get(name, {}))})
        for name, flag in library.red_flags.items()
    }
    return replace(library, red_flags=flags, adverts=AdvertWords.model_validate(kept["words"]))


def changes(check: AdvertCheck, path: Path = RELEASED) -> Iterator[Change]:
    """The known adverts in which today's phrases find something else than the released ones.

    The model has learned from these adverts and may know them by heart: so what phrases alone show is compared too.
    """
    earlier = check.on(with_released_phrases(check.library, path))
    for advert in read_adverts():
        before, after = earlier.check(advert.text), check.check(advert.text)
        phrases_before, phrases_after = earlier.by_phrase(advert.text), check.by_phrase(advert.text)
        same = (sorted(before.flags), before.risky) == (sorted(after.flags), after.risky)
        if not same or phrases_before != phrases_after:
            shown = (phrases_before, phrases_after, advert.risky)
            yield Change(advert.id, before.flags, after.flags, before.risky, after.risky, *shown)
