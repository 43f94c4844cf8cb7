"""Decide whether the first intent is believed: a wrong confident answer is worse than "I am not sure"."""

from dataclasses import dataclass

from nlu.analysis import Analysis
from nlu.domain import OUT_OF_SCOPE
from nlu.interpreter import FALLBACK, Ranked

DISTRESS = "distress"


@dataclass(frozen=True, slots=True)
class GateSettings:
    """Below `threshold`, or closer than `margin` to the second, the first intent is not believed.

    Danger from oneself wins over everything: `distress` is decided from `distress_threshold` on, whatever
    stands first. To miss it costs more than to ask once too often how somebody is. An answer that does not fit is worse
    than none: `out_of_scope` is decided when `off_topic_weight` times its probability is the most.
    """

    threshold: float = 0.25
    margin: float = 0.0
    off_topic_weight: float = 2.0
    distress_threshold: float = 0.15


def decide(ranking: tuple[Ranked, ...], analysis: Analysis, settings: GateSettings) -> str:
    """The intent to act on: mostly the first of `ranking`; `FALLBACK` when it is not believed or nothing was said."""
    if not any(letter.isalnum() for letter in analysis.plain.text):
        return FALLBACK
    if any(one.intent == DISTRESS and one.confidence >= settings.distress_threshold for one in ranking):
        return DISTRESS
    off_topic = next((one.confidence for one in ranking if one.intent == OUT_OF_SCOPE), 0.0)
    if off_topic * settings.off_topic_weight >= ranking[0].confidence and off_topic >= settings.threshold / 2:
        return OUT_OF_SCOPE
    first = ranking[0].confidence
    second = ranking[1].confidence if len(ranking) > 1 else 0.0
    if first < settings.threshold or first - second < settings.margin:
        return FALLBACK
    return ranking[0].intent
