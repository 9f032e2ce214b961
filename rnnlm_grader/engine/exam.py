"""What an assignment is made of, and the examination of a candidate by one criterion."""

import functools
import hashlib
import hmac
import logging
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from ..protocol.bench import Raised
from ..protocol.candidate import Candidate, Lost, WorkerLost
from ..refusal import Refusal
from .case import Case
from .compare import Difference
from .faults import Fault, Rule, alive, are_alive, faults_in, results_judged, right_in
from .play import Play, play_all

if TYPE_CHECKING:  # it imports this module
    from .exercise import Exercise

Deal: TypeAlias = Callable[[int], list[tuple[Rule, Case]]]  # seed → rules, each with its case with numbers


@dataclass(frozen=True, eq=False)
class Criterion:
    """One thing that an answer must do, worth points."""

    id: str
    name: str  # the class or function examined
    part: str  # the grade cell it belongs to
    points: int
    shows: str  # what holds when it passes, as a sentence
    dealt: Deal
    exercise: "Exercise"  # that declares it
    methods: tuple[str, ...] = ()  # the small methods that it is about
    is_about_itself: bool = False  # whether it compares an answer with itself, so that no right number is needed

    @property
    def key(self) -> str:
        return f"{self.name}/{self.part}/{self.id}"

    @property
    def account(self) -> str:
        """What its time is counted under."""
        return self.name


@dataclass(frozen=True, eq=False)
class LastLook:
    """A final randomised run for answers that pass all criteria of their name; each fault costs one criterion."""

    name: str
    dealt: Deal
    exercise: "Exercise"
    id = "last look"

    @property
    def key(self) -> str:
        return f"{self.name}/{self.id}"

    @property
    def account(self) -> str:
        return self.key


class CriteriaList(list[Criterion]):
    """The criteria of one assignment, in the order in which they are examined; and the last looks at its names."""

    def __init__(self) -> None:
        super().__init__()
        self.last_looks: list[LastLook] = []


@dataclass(frozen=True, eq=False)
class Assignment:
    """What one exercise asks for and how it is judged."""

    slug: str
    names: tuple[str, ...]
    criteria: CriteriaList
    misconceptions: list
    lent: dict[str, tuple[str, ...]] = field(default_factory=dict)  # name → modules of rnnlm_ref that it may import

    def parts(self) -> list[tuple[str, str]]:
        """The (name, part) pairs: one grade cell each."""
        return list(dict.fromkeys((c.name, c.part) for c in self.criteria))

    def of(self, name: str, part: str | None = None) -> list[Criterion]:
        """The criteria of one grade cell, or of all of a name."""
        return [c for c in self.criteria if c.name == name and part in (None, c.part)]


@dataclass(frozen=True, eq=False)  # each is one of its own: arrays can't be compared as a whole
class Examination:
    """What a candidate did in the cases of one criterion, or of a last look, on one draw of inputs.

    `lost` is the reason why it couldn't be examined.
    """

    criterion: Criterion | LastLook
    hidden: bool  # whether the inputs are hidden from the learner
    plays: tuple[tuple[Rule, Play], ...] = ()
    faults: tuple[Fault, ...] = ()  # the plays in which something is wrong
    lost: Raised | Lost | None = None

    @property
    def passed(self) -> bool:
        return not (self.faults or self.lost)

    @property
    def size(self) -> int:
        """How much is wrong."""
        return sum(len(fault.wrong) for fault in self.faults)

    @functools.cached_property
    def finding(self) -> Difference | Raised | Lost | None:
        """What went wrong first."""
        return self.lost or next((next(iter(fault.wrong.values())) for fault in self.faults), None)


LOG = logging.getLogger(__name__)
INCOMPARABLE = Lost("what it gave can't be compared with what it should give")


def undefined(name: str) -> Lost:
    return Lost(f"no cell defines {name}")


def was_stopped(finding: object, name: str) -> bool:
    """Whether nothing could be compared because the answer's process took too long, or ended."""
    return isinstance(finding, Lost) and finding not in (INCOMPARABLE, undefined(name))


def examine(
    criterion: Criterion | LastLook, candidate: Candidate, seed: int, hidden: bool = False, seconds: float = math.inf
) -> Examination:
    """Examine by one criterion, or last look, on one draw of inputs; whatever the candidate does, this returns.

    What it does may take `seconds` in all; by default there is no limit.

    Raises
    ------
    OSError, MemoryError, Refusal
        Where the machine has no room for a worker.
    """
    try:
        candidate.begin(seconds)
        if criterion.name not in candidate.defined:
            lost = candidate.failed.get(criterion.name) or undefined(criterion.name)
            return Examination(criterion, hidden, lost=lost)
        dealt = criterion.dealt(seed)
        replies = play_all(candidate, [case for _, case in dealt])
        plays = tuple((rule, played) for (rule, _), played in zip(dealt, replies, strict=True))
        return Examination(criterion, hidden, plays, tuple(faults_in(plays, candidate)))
    except WorkerLost as lost:
        return Examination(criterion, hidden, lost=lost.args[0])
    except (OSError, MemoryError, Refusal):  # the machine's: it may have room for this answer later
        raise
    except Exception:  # the grader's own: everybody gets a mark all the same
        LOG.exception("The grader itself failed at %s of %s; please report it.", criterion.id, criterion.name)
        return Examination(criterion, hidden, lost=INCOMPARABLE)


def judged_in(examinations: Iterable[Examination]) -> dict[str, set[str]]:
    """The kinds of results that each criterion is about, by its id."""
    found: dict[str, set[str]] = {}
    for each in examinations:
        found.setdefault(each.criterion.id, set()).update(*(results_judged(rule.case) for rule, _ in each.plays))
    return found


def with_what_is_spared(examinations: Iterable[Examination]) -> list[Examination]:
    """Return the examinations, each fault with the results that aren't wrong by it; see `Fault.spares`."""
    examinations = list(examinations)
    plays = [played for each in examinations for _, played in each.plays]
    wrong = {(fault.play, key) for each in examinations for fault in each.faults for key in fault.wrong}
    right = functools.cache(lambda played: right_in(played, wrong))

    def spared(fault: Fault) -> frozenset[str]:
        layer = fault.play.layer
        is_forward = not (layer.is_function or fault.kinds.isdisjoint(layer.outputs))  # anything may hang on that
        if fault.by_itself or fault.play.raised or layer.listed or is_forward:
            return frozenset()
        shown = (right(played) for played in plays if played.case.includes(fault.play.case))
        return frozenset().union(*shown) - fault.results

    return [
        replace(each, faults=tuple(replace(fault, spares=spared(fault)) for fault in each.faults))
        for each in examinations
    ]


def silent_in(examinations: Iterable[Examination]) -> set[str]:
    """The ids of the criteria about results of which no more than half is given on inputs of real size."""
    given = alive([played for each in examinations for _, played in each.plays])
    return {id for id, results in judged_in(examinations).items() if not are_alive(results, given)}


def public_seed(criterion: Criterion | LastLook) -> int:
    """The seed of the inputs that a learner sees."""
    return _seed(b"public", criterion)


def hidden_seed(secret: bytes, assignment: str, criterion: Criterion | LastLook) -> int:
    """The seed of inputs that only the grader knows: HMAC(secret, assignment, criterion)."""
    return _seed(secret + b"\0" + assignment.encode(), criterion)


def _seed(key: bytes, criterion: Criterion | LastLook) -> int:
    return int.from_bytes(hmac.digest(key, criterion.key.encode(), hashlib.sha256), "big")
