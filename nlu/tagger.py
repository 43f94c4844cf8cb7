"""Find entities: of every place that may be a mention, a linear model says whether it is one in this sentence."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from math import log
from typing import Any

import numpy as np

from nlu.analysis import Analysis
from nlu.candidates import NUMBERS, Candidate, Key, candidate_features, candidates_of
from nlu.lexicon import Lexicon, Meaning
from nlu.training_data import Mention

_MOST_CANDIDATES = 150
_MOST_STEPS = 120


@dataclass(frozen=True, slots=True)
class TaggerSettings:
    """`fewest_candidates` must have a feature; `trust`: how much a candidate counts against large weights.

    From probability `threshold` on a candidate is taken for a mention.
    """

    fewest_candidates: int = 2
    trust: float = 2.0
    threshold: float = 0.43


class EntityTagger:
    """Finds the mentions of a message."""

    def __init__(self, forms: Lexicon, weights: Mapping[Key, float], bias: float, threshold: float) -> None:
        """`forms`: what may be a mention; `weights`: of each feature of a candidate, positive speaks for a mention."""
        self.forms = forms
        self.weights = dict(weights)
        self.bias = bias
        self._enough = log(threshold / (1 - threshold)) - bias

    def mentions(self, analysis: Analysis) -> tuple[Mention, ...]:
        """The mentions, placed in the original text, in its order; none overlaps another."""
        # Nobody speaks of so many things; a message that does is an attack on those who wait behind it.
        candidates = candidates_of(analysis, self.forms)[:_MOST_CANDIDATES]
        if not candidates:
            return ()
        weight = self.weights.get
        scored = []
        for place, known in enumerate(candidate_features(analysis, candidates)):
            score = sum([found for key in known if (found := weight(key)) is not None])
            if score > self._enough:
                scored.append((-score, place))
        # Marked in the original, since one of its letters may be several of the plain text.
        taken = bytearray(analysis.plain.ends[-1])
        kept = []
        for _, place in sorted(scored):
            one = candidates[place]
            start, end = analysis.plain.original_span(one.start, one.end)
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                kept.append(Mention(one.entity, one.value, start, end))
        return tuple(sorted(kept, key=_start))


def _start(mention: Mention) -> int:
    return mention.start


def known_forms(lexicon: Lexicon, marked: Iterable[tuple[str, str, Any]]) -> Lexicon:
    """The `lexicon` and the surface forms that training sentences mark (entity, surface, value).

    Where the sentences and the lexicon give a form different values, the sentences are believed.
    """
    counted: dict[tuple[str, str], Counter[str]] = {}
    for entity, surface, value in marked:
        if entity not in NUMBERS and surface:
            counted.setdefault((entity, surface), Counter())[str(value)] += 1
    forms = {form: list(meanings) for form, meanings in lexicon.forms.items()}
    for (entity, surface), values in counted.items():
        value = values.most_common(1)[0][0]
        others = [meaning for meaning in forms.get(surface, ()) if meaning.entity != entity]
        sure = any(meaning.sure for meaning in forms.get(surface, ()) if meaning[:2] == (entity, value))
        forms[surface] = [Meaning(entity, value, sure), *others]
    return Lexicon(forms)


def train_tagger(
    analyses: Sequence[Analysis], mentions: Sequence[Iterable[Mention]], lexicon: Lexicon, settings: TaggerSettings
) -> EntityTagger:
    """Learn from analysed sentences and their mentions (placed in the original texts)."""
    pairs = list(zip(analyses, mentions, strict=True))
    forms = known_forms(lexicon, (found for pair in pairs for found in plain_surfaces(*pair)))
    features: list[list[Key]] = []
    right: list[bool] = []
    for analysis, marked in pairs:
        candidates = candidates_of(analysis, forms)
        features += candidate_features(analysis, candidates)
        right += _rightly(analysis, candidates, marked)
    learned, bias = _fitted(features, right, settings)
    return EntityTagger(forms, learned, bias, settings.threshold)


def _rightly(analysis: Analysis, candidates: Sequence[Candidate], marked: Iterable[Mention]) -> list[bool]:
    """Whether each candidate is marked as what it may be."""
    spans = [(one.entity, one.value, *analysis.plain.plain_span(one.start, one.end)) for one in marked]
    return [
        any(
            entity == one.entity and start < one.end and one.start < end and (value == one.value or entity in NUMBERS)
            for entity, value, start, end in spans
        )
        for one in candidates
    ]


def _fitted(
    features: Sequence[Sequence[Key]], right: Sequence[bool], settings: TaggerSettings
) -> tuple[dict[Key, float], float]:
    """Weight of each feature and bias of a logistic regression, found by L-BFGS."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix
    from scipy.special import expit

    if len(set(right)) < 2:  # nothing to tell apart
        return {}, 1.0 if any(right) else -1.0
    numbers: dict[Key, int] = defaultdict(count().__next__)
    flat = np.fromiter((numbers[key] for known in features for key in known), np.int32)
    ends = np.cumsum([0, *map(len, features)])
    every = csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(features), len(numbers)))
    often = np.flatnonzero(np.bincount(flat) >= settings.fewest_candidates)
    matrix = every[:, often]
    trust = settings.trust
    turned = matrix.T.tocsr()
    signs = np.where(right, 1.0, -1.0)

    def loss(weights: Any) -> tuple[float, Any]:
        margins = signs * (matrix @ weights[:-1] + weights[-1])
        wrong = -trust * signs * expit(-margins)
        gradient = np.append(turned @ wrong, wrong.sum()) + weights
        return trust * float(np.logaddexp(0, -margins).sum()) + float(weights @ weights) / 2, gradient

    found = minimize(loss, np.zeros(len(often) + 1), jac=True, method="L-BFGS-B", options={"maxiter": _MOST_STEPS})
    names = list(numbers)
    learned = {names[number]: weight for number, weight in zip(often.tolist(), found.x.tolist(), strict=False)}
    return learned, float(found.x[-1])


def plain_surfaces(analysis: Analysis, mentions: Iterable[Mention]) -> list[tuple[str, str, Any]]:
    """Entity, plain surface and value of each mention."""
    spans = [(mention, analysis.plain.plain_span(mention.start, mention.end)) for mention in mentions]
    return [
        (mention.entity, analysis.plain.text[start:end].strip(), mention.value)
        for mention, (start, end) in spans
        if start < end
    ]
