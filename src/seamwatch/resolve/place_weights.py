"""What each sign weighs when the names of an article are resolved: learned, kept as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from seamwatch.errors import VocabularyError

WHERE = "vocabulary/place_weights.yaml"
RECOGNITION = "vocabulary/recognition_weights.yaml"
BIAS = "always"


def _table(name: str) -> Any:
    # the reader in C, where there is one: the tables are read at every start
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    file = resources.files("seamwatch.vocabulary") / name
    return yaml.load(file.read_text(encoding="utf-8"), Loader=loader)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWeights:
    """Weights by sign. A name whose confidence is below `least` (a probability) stays open."""

    candidate: Mapping[str, float]
    confidence: Mapping[str, float]
    least: float


def load_place_weights() -> PlaceWeights:
    """Return the weights of vocabulary/place_weights.yaml; VocabularyError where it is no such table."""
    try:
        raw: dict[str, Any] = _table("place_weights.yaml")
        return PlaceWeights(
            candidate={str(k): float(v) for k, v in raw["candidate"].items()},
            confidence={str(k): float(v) for k, v in raw["confidence"].items()},
            least=float(raw["least"]),
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise VocabularyError(f"{WHERE}: not a table of weights ({wrong})") from wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionWeights:
    """Weights by sign for a known name being a place: of a name by itself, and with the whole article."""

    alone: Mapping[str, float]
    together: Mapping[str, float]


def load_recognition_weights() -> RecognitionWeights:
    """Return the weights of vocabulary/recognition_weights.yaml; VocabularyError where it is no table."""
    try:
        raw: dict[str, Any] = _table("recognition_weights.yaml")
        alone, together = ({str(k): float(v) for k, v in raw[part].items()} for part in ("alone", "together"))
        if BIAS not in alone or BIAS not in together:
            raise KeyError(BIAS)
        return RecognitionWeights(alone=alone, together=together)
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise VocabularyError(f"{RECOGNITION}: not a table of weights ({wrong})") from wrong
