"""Find entities: of every place that may be a mention, a linear model says whether it is one in this sentence."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from nlu.analysis import Analysis
from nlu.candidates import NUMBERS, Candidate, Key, candidate_features, candidates_of
from nlu.lexicon import Lexicon, Meaning
from nlu.training_data import Mention

_MOST_CANDIDATES = 150


@dataclass(frozen=True, slots=True)
class TaggerSettings:
    """`fewest_candidates` must have a feature; `trust`: how closely the model follows the training sentences.

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
    counts = Counter(key for known in features for key in set(known))
    columns = {
        key: number for number, key in enumerate(k for k, n in counts.items() if n >= settings.fewest_candidates)
    }
    weights, bias = _fitted(features, right, columns, settings.trust)
    learned = {key: float(weights[column]) for key, column in columns.items()}
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
    features: Sequence[Sequence[Key]], right: Sequence[bool], columns: Mapping[Key, int], trust: float
) -> tuple[Any, float]:
    """Weights and bias of a logistic regression: scikit-learn's, over LIBLINEAR, which is made for such data."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    if len(set(right)) < 2:  # nothing to tell apart
        return np.zeros(len(columns)), 1.0 if any(right) else -1.0
    rows = [[columns[key] for key in set(known) if key in columns] for known in features]
    ends = np.cumsum([0, *map(len, rows)])
    flat = np.fromiter((column for row in rows for column in row), np.int32, ends[-1])
    matrix = csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(rows), len(columns)))
    model = LogisticRegression(solver="liblinear", C=trust).fit(matrix, np.asarray(right))
    return model.coef_[0], float(model.intercept_[0])


def plain_surfaces(analysis: Analysis, mentions: Iterable[Mention]) -> list[tuple[str, str, Any]]:
    """Entity, plain surface and value of each mention."""
    spans = [(mention, analysis.plain.plain_span(mention.start, mention.end)) for mention in mentions]
    return [
        (mention.entity, analysis.plain.text[start:end].strip(), mention.value)
        for mention, (start, end) in spans
        if start < end
    ]
