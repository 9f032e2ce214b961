"""The rule for marks, as a table: which faults there are, and what each criterion earns."""

from types import SimpleNamespace

import pytest

from rnnlm_grader.content import find
from rnnlm_grader.engine.case import Case
from rnnlm_grader.engine.faults import KEPT, Fault
from rnnlm_grader.engine.tape import parse
from rnnlm_grader.verdict.marks import Mark, State, marks

pytestmark = pytest.mark.quick
LAYER = next(iter(find("MyRNN").criteria)).exercise.layer
POINTS = {"equation": 2, "slope": 2, "sizes": 1, "in place": 1, "untouched": 1}
HOLDS, COSTS, GIVEN, HELD_BACK = State


def fault(owner, script, *kinds, by_itself=False, at=-1, is_dealt=False, see="h_next dx grads[0]"):
    """A fault in a script: of two, the shorter one is the simpler, and of equal ones what stands first in POINTS."""
    case = Case(LAYER, parse(script), frozenset(see.split()))
    rank = is_dealt, len(case.steps), case.see != KEPT, [*POINTS].index(owner)
    wrong = {(at % len(case.steps), kinds[0]): "is wrong"}
    return Fault(owner, rank, SimpleNamespace(case=case), wrong, by_itself, frozenset(kinds))


WRONG_FORWARD = fault("equation", "forward", "h_next")
WRONG_SLOPE = fault("slope", "forward backward", "dx", "grads[0]")
PILES_UP = fault("in place", "[spoil] forward backward", "grads[0]", by_itself=True)


@pytest.mark.parametrize(
    ("faults", "costs", "given"),
    [
        ([], [], []),
        ([WRONG_FORWARD], ["equation"], []),
        # The same wrong result in a longer script follows from the simpler one.
        ([WRONG_FORWARD, fault("sizes", "forward forward:other", "h_next")], ["equation"], ["sizes"]),
        ([WRONG_SLOPE, fault("sizes", "forward backward", "dx", is_dealt=True)], ["slope"], ["sizes"]),
        # Another result doesn't.
        ([WRONG_FORWARD, fault("sizes", "forward backward", "dx")], ["equation", "sizes"], []),
        # A wrong number explains no call that matters though it shouldn't, but is explained by one.
        ([WRONG_SLOPE, PILES_UP], ["slope", "in place"], []),
        ([WRONG_SLOPE, fault("in place", "[spoil] forward backward", "grads[0]")], ["slope"], ["in place"]),
        ([PILES_UP, fault("sizes", "forward backward forward backward", "grads[0]")], ["in place"], ["sizes"]),
        # An exception explains exceptions alone; it may come of what is wrong where it fits.
        (
            [fault("equation", "forward", "raised"), fault("sizes", "forward forward:other", "raised")],
            ["equation"],
            ["sizes"],
        ),
        (
            [fault("equation", "forward", "raised"), fault("sizes", "forward forward:other", "h_next")],
            ["equation", "sizes"],
            [],
        ),
        ([WRONG_FORWARD, fault("sizes", "forward", "raised")], ["equation"], ["sizes"]),
        # A change of the caller's arrays explains what comes after it, and not what was wrong at once.
        (
            [
                fault("untouched", "forward backward", "kept", by_itself=True, see="kept"),
                fault("sizes", "forward backward forward", "h_next"),
            ],
            ["untouched"],
            ["sizes"],
        ),
        (
            [
                fault("untouched", "forward backward", "kept", by_itself=True, see="kept"),
                fault("sizes", "forward backward forward", "h_next", at=0),
            ],
            ["sizes", "untouched"],
            [],
        ),
        # Through others: the longest follows from the middle one, which follows from the shortest.
        (
            [
                WRONG_FORWARD,
                fault("slope", "forward backward", "h_next", "dx"),
                fault("sizes", "forward backward backward", "dx"),
            ],
            ["equation"],
            ["slope", "sizes"],
        ),
    ],
    ids=range(14),
)
def test_a_criterion_costs_points_unless_a_simpler_fault_explains_each_of_its_own(faults, costs, given):
    found = marks(POINTS, faults)
    assert [id for id, mark in found.items() if mark.state == COSTS] == costs
    assert [id for id, mark in found.items() if mark.state in (GIVEN, HELD_BACK)] == given


def test_what_is_given_names_what_it_is_given():
    found = marks(POINTS, [WRONG_FORWARD, fault("sizes", "forward forward:other", "h_next")])
    assert found["sizes"] == Mark(GIVEN, 3, ("equation",))


def test_without_a_known_mistake_no_more_is_given_than_holds():
    faults = [WRONG_FORWARD, *(fault(owner, "forward backward", "h_next") for owner in ("slope", "sizes", "in place"))]
    assert [mark.state for mark in marks(POINTS, faults).values()] == [COSTS, HELD_BACK, HELD_BACK, HELD_BACK, HOLDS]
    found = marks(POINTS, faults, contract={"slope"})
    assert [mark.state for mark in found.values()] == [COSTS, GIVEN, GIVEN, HELD_BACK, HOLDS]
    assert [mark.rule for mark in found.values()] == [2, 3, 3, 7, 1]
    del faults[1]
    assert [mark.state for mark in marks(POINTS, faults).values()] == [COSTS, HOLDS, GIVEN, GIVEN, HOLDS]


@pytest.mark.parametrize(
    ("beyond", "states"),
    [
        ([], [COSTS, GIVEN, GIVEN, GIVEN, HOLDS]),
        ([WRONG_SLOPE, fault("sizes", "forward backward backward", "dx")], [COSTS, COSTS, GIVEN, GIVEN, HOLDS]),
    ],
    ids=["everything", "a part"],
)
def test_known_mistakes_cost_what_they_cost_alone_and_what_they_do_not_explain_costs_besides(beyond, states):
    found = marks(POINTS, beyond, named={"equation"}, explained={"equation", "slope", "sizes", "in place"})
    assert [mark.state for mark in found.values()] == states
    assert found["in place"] == Mark(GIVEN, 5, ("equation",))
    assert found["equation"].rule == 5
    assert found["sizes"].is_sure == (not beyond)


@pytest.mark.parametrize("named", [(), {"equation"}])
def test_what_gives_nothing_on_inputs_of_real_size_earns_nothing(named):
    faults = [] if named else [WRONG_FORWARD, WRONG_SLOPE]
    found = marks(POINTS, faults, silent={"slope", "sizes"}, named=named, explained=named)
    assert found["slope"].state in (COSTS, HELD_BACK)
    assert found["sizes"].state == HELD_BACK
    assert found["sizes"].rule == 6


def test_what_could_not_be_examined_costs_its_points():
    assert marks(POINTS, [], lost={"sizes"})["sizes"].state == COSTS
