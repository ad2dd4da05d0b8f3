"""What a node does by itself at each exchange: releases that are due, requests that are passed on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from seamwatch.errors import SeamwatchError

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.node import Node

LOG = logging.getLogger("seamwatch.exchange")


def release_due(node: Node) -> list[str]:
    """Return what hindered this node to append what its release rules give by now; mostly nothing."""
    from seamwatch.pipeline.centre import releasing

    return told(lambda: releasing.release_due(node))


def escalate_due(node: Node) -> list[str]:
    """Return what hindered this node to pass on requests that nobody answered in time; mostly nothing."""
    from seamwatch.pipeline.centre import requesting

    return told(lambda: requesting.escalate_due(node))


def told(work: Callable[[], object]) -> list[str]:
    """Return what went wrong with a piece of work, as lines for people; nothing where all went well."""
    try:
        work()
    except SeamwatchError as wrong:
        return [str(wrong)]
    except Exception as wrong:
        LOG.exception("a part of the exchange failed")
        return [f"a part of the exchange failed ({type(wrong).__name__}): the log says where"]
    return []
