"""What many tests share: the kit, loaded once."""

from __future__ import annotations

import pytest

from seamwatch.pipeline.kit import Kit, load_kit


@pytest.fixture(scope="session")
def kit() -> Kit:
    """Return the kit: parser, gazetteer and register take seconds to load."""
    return load_kit()
