"""An evaluation as text for people and as JSON for machines."""

from typing import Any

from nlu.evaluation import Evaluation, Score
from nlu.figures import Share


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Every figure, rounded to four places."""
    return {
        "questions": evaluation.questions,
        "accuracy": _share(evaluation.accuracy),
        "top_three": _share(evaluation.top_three),
        "off_topic_recall": _share(evaluation.off_topic_found),
        "turned_away": _share(evaluation.turned_away),
        "calibration_error": round(evaluation.calibration_error, 4),
        "entities": {"all": _score(evaluation.all_entities), **{k: _score(s) for k, s in evaluation.entities.items()}},
        "intents": {name: _score(score) for name, score in evaluation.intents.items()},
        "confusions": [
            {"intent": c.intent, "thief": c.thief, "confidence": round(c.confidence, 4), "text": c.text}
            for c in evaluation.confusions
        ],
    }


def _share(share: Share) -> dict[str, Any]:
    return {
        "value": round(share.value, 4),
        "low": round(share.low, 4),
        "high": round(share.high, 4),
        "right": share.right,
        "of": share.of,
    }


def _score(score: Score) -> dict[str, Any]:
    return {
        "precision": round(score.precision, 4),
        "recall": round(score.recall, 4),
        "f1": round(score.f1, 4),
        "wanted": score.wanted,
    }


def as_text(evaluation: Evaluation, confusions: int = 15) -> str:
    """The figures as tables; the `confusions` worst confusions with the sentence and the thief."""
    lines = [
        f"{evaluation.questions} questions",
        _line("intent accuracy", evaluation.accuracy),
        _line("among the top three", evaluation.top_three),
        _line("off topic found", evaluation.off_topic_found),
        _line("good ones turned away", evaluation.turned_away),
        f"{'calibration error':24}{evaluation.calibration_error:8.3f}",
        "",
        f"{'entity':26}{'precision':>10}{'recall':>10}{'F1':>10}{'wanted':>8}",
        _row("all", evaluation.all_entities),
        *(_row(name, score) for name, score in evaluation.entities.items()),
        "",
        f"{'intent':26}{'precision':>10}{'recall':>10}{'F1':>10}{'wanted':>8}",
        *(_row(name, score) for name, score in sorted(evaluation.intents.items(), key=lambda item: item[1].f1)),
    ]
    if evaluation.confusions:
        lines += ["", "Worst confusions (should be -> was taken by):"]
        for one in evaluation.confusions[:confusions]:
            text = one.text if len(one.text) <= 60 else one.text[:59] + "…"
            lines.append(f"{one.intent} -> {one.thief} ({one.confidence:.2f}): {text}")
    return "\n".join(lines)


def _line(name: str, share: Share) -> str:
    return f"{name:24}{share.value:8.1%}   {share.low:.1%} to {share.high:.1%}   ({share.right} of {share.of})"


def _row(name: str, score: Score) -> str:
    return f"{name:26}{score.precision:10.3f}{score.recall:10.3f}{score.f1:10.3f}{score.wanted:8}"
