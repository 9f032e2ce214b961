"""Fixtures of the reference's tests: every layer, and every type of array."""
import pytest
from array_types import ARRAYS
from cases import CASES


@pytest.fixture(params=ARRAYS)
def device(request):
    """Each type of array in turn."""
    return ARRAYS[request.param]()


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request):
    """Each layer in turn."""
    return request.param


@pytest.fixture(params=[case for case in CASES if case.shapes], ids=lambda case: case.name)
def case_with_params(request):
    """Each layer that has parameters in turn."""
    return request.param
