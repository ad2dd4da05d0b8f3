"""What many tests share: the kit, loaded once."""

from __future__ import annotations

import pytest
from hypothesis import settings

from desk_browser import browser, page  # noqa: F401
from seamwatch.pipeline.kit import Kit, load_kit
from serving import client, own_client, samples_db  # noqa: F401

# How long one example takes says more about what else the machine does than about the code.
# `make test` tries the same examples everywhere, so that it says the same of the same code on every machine;
# `pytest -m hypothesis --hypothesis-profile=random` looks for new ones.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("random", deadline=None)
settings.load_profile("same")


@pytest.fixture(scope="session")
def kit() -> Kit:
    """Return the kit: parser, gazetteer and register take seconds to load."""
    return load_kit()
