"""The settings of the pipeline: `config.yml`, read into the dataclasses that each part declares, and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import yaml

from nlu.decision import GateSettings
from nlu.domain import PROJECT_ROOT
from nlu.network import NetworkSettings
from nlu.ngrams import NgramSettings
from nlu.normalise import NormaliserSettings
from nlu.tagger import TaggerSettings

CONFIG_FILE = PROJECT_ROOT / "config.yml"

Settings = TypeVar("Settings")


class BadSetting(ValueError):
    """`config.yml` has a setting that does not exist or has the wrong type. The message is one line that says which."""


@dataclass(frozen=True, slots=True)
class PipelineSettings:
    """What each part of the pipeline is told."""

    normaliser: NormaliserSettings
    ngrams: NgramSettings
    network: NetworkSettings
    tagger: TaggerSettings
    gate: GateSettings


def read_settings(config_file: Path = CONFIG_FILE) -> PipelineSettings:
    """The settings in `config_file`, as its prediction graph has them. Raises `BadSetting`."""
    nodes = yaml.load(config_file.read_text(encoding="utf-8"), yaml.CSafeLoader)["predict_schema"]["nodes"]
    found = {node["uses"].rpartition(".")[2]: node["config"] for node in nodes.values()}
    return PipelineSettings(
        checked(NormaliserSettings, found["MessageNormaliser"], "MessageNormaliser"),
        checked(NgramSettings, found["NgramFeaturizer"], "NgramFeaturizer"),
        checked(NetworkSettings, found["IntentClassifier"], "IntentClassifier"),
        checked(TaggerSettings, found["EntityExtractor"], "EntityExtractor"),
        checked(GateSettings, found["ConfidenceGate"], "ConfidenceGate"),
    )


def checked(settings_class: type[Settings], config: Mapping[str, Any], component: str) -> Settings:
    """`config` as a `settings_class`. Raises `BadSetting` that says which key of config.yml is wrong, and why."""
    wanted = {field.name: field.type for field in fields(settings_class)}  # type: ignore[arg-type]
    for key, value in config.items():
        if key not in wanted:
            takes = f"it takes {', '.join(wanted)}" if wanted else "it takes none"
            raise BadSetting(f"config.yml: {component} has no setting {key!r}; {takes}")
        if isinstance(value, bool) or not isinstance(value, (int, float) if wanted[key] is float else int):
            kind = "number" if wanted[key] is float else "whole number"
            raise BadSetting(f"config.yml: {component}: {key} must be a {kind}, not {value!r}")
    return settings_class(**config)
