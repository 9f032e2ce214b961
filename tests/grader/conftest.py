"""Makes new gradebooks take no time, and lets no failure of the grader itself go unnoticed."""

import functools
import logging

import pytest
from nbgrader import api


@pytest.fixture(autouse=True, scope="session")
def version_of_gradebooks_asked_for_once():
    """For each new gradebook nbgrader runs a program, for three seconds, that tells the version of its tables."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "get_alembic_version", functools.cache(api.get_alembic_version))
        yield


@pytest.fixture(autouse=True)
def failures_of_the_grader():
    """What the grader said of failures of its own, which it survives. A test that brings one about clears the list."""
    failures, handler = [], logging.Handler(logging.ERROR)
    handler.emit = lambda record: failures.append(record.getMessage())
    logger = logging.getLogger("rnnlm_grader")
    logger.addHandler(handler)
    yield failures
    logger.removeHandler(handler)
    assert failures == []
