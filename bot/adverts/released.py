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
    ought: bool  # what the people who wrote it say

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.advert,
            "before": {"risky": self.was_risky, "flags": list(self.before)},
            "after": {"risky": self.is_risky, "flags": list(self.after)},
            "ought_to_be_risky": self.ought,
        }

    def as_line(self) -> str:
        """One line: what is new (+), what is gone (-), and whether the verdict is right now."""
        signs = [f"+{flag}" for flag in self.after if flag not in self.before]
        signs += [f"-{flag}" for flag in self.before if flag not in self.after]
        turned = "" if self.was_risky == self.is_risky else f"  {_verdict(self.was_risky)} -> {_verdict(self.is_risky)}"
        wrong = "" if self.is_risky == self.ought else "  (wrong)"
        return f"{self.advert}: {' '.join(signs)}{turned}{wrong}"


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
    """The known adverts in which today's phrases find something else than the released ones."""
    earlier = check.on(with_released_phrases(check.library, path))
    for advert in read_adverts():
        before, after = earlier.check(advert.text), check.check(advert.text)
        if (sorted(before.flags), before.risky) != (sorted(after.flags), after.risky):
            yield Change(advert.id, before.flags, after.flags, before.risky, after.risky, advert.risky)
