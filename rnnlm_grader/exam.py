"""What an assignment is made of, and the exam in which a criterion examines a candidate."""
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from .sandbox.candidate import Lost, WorkerLost

SECONDS = 5.0  # for one criterion; the inputs are tiny


@dataclass(frozen=True, eq=False)
class Criterion:
    """One thing that an answer must do, worth points."""

    id: str
    name: str  # the class or function examined
    part: str  # the grade cell it belongs to
    points: int
    shows: str  # what holds when it passes, as a sentence
    examine: Callable
    beside: str  # the part of which something right must hold too, that this counts
    exercise: object  # the `spec.exercise.Exercise` that declares it
    methods: tuple = ()  # the small methods that it is about

    @property
    def key(self):
        return f"{self.name}/{self.part}/{self.id}"

    @property
    def account(self):
        """What its time is counted under."""
        return self.name


@dataclass(frozen=True, eq=False)
class LastLook:
    """A final randomised run for answers that pass all criteria of their name.

    What goes wrong then speaks against one of these criteria, and costs its points: `Outcome.against`.
    """

    name: str
    examine: Callable
    against: str  # the id of that criterion, unless the outcome says otherwise

    @property
    def key(self):
        return f"{self.name}/last look"

    @property
    def account(self):
        return self.key


class CriteriaList(list):
    """The criteria of one assignment, in the order in which they are examined; and the last looks at its names."""

    def __init__(self):
        super().__init__()
        self.last_looks = []


@dataclass(frozen=True, eq=False)
class Assignment:
    """What one exercise asks for and how it is judged."""

    slug: str
    names: tuple
    criteria: CriteriaList
    misconceptions: list
    lent: dict = field(default_factory=dict)  # name → modules of rnnlm_ref that this answer may import

    def parts(self):
        """The (name, part) pairs: one grade cell each."""
        return list(dict.fromkeys((c.name, c.part) for c in self.criteria))

    def of(self, name, part):
        """The criteria of one grade cell."""
        return [c for c in self.criteria if (c.name, c.part) == (name, part)]


@dataclass(frozen=True, eq=False)  # each is one of its own: arrays can't be compared as a whole
class Outcome:
    """The result of examining one candidate by one criterion on one draw of inputs.

    `finding` is None if it passed, else what went wrong first: a `Difference`, a `Raised` or the reason why the
    process was lost.
    """

    finding: object
    printed: str = ""
    against: str = ""  # of what is charged to another criterion, or of a last look: the id of the one that pays
    play: object = None  # the `spec.play.Play` that failed
    mistake: object = None  # what is known of it: an `explaining.mistakes.Mistake`
    charged: tuple = ()  # the outcomes that other criteria pay for, by their `against`
    is_proven: bool = False  # whether all that was charged is what one named mistake gives: the rest is right

    @property
    def passed(self):
        return self.finding is None

    @property
    def is_let_go(self):
        """Whether it passed only because other criteria pay for what went wrong."""
        return self.passed and bool(self.charged)


UNDEFINED = "no cell defines {}"
INCOMPARABLE = Lost("what it gave can't be compared with what it should give")
USED_UP = Lost("it was not examined, because the time for this answer was used up")


@dataclass
class Exam:
    """One candidate, one name, one draw of inputs."""

    candidate: object
    seed: int
    failure: Outcome | None = None  # the first
    charged: list = field(default_factory=list)  # as in `Outcome`


def examine(criterion, candidate, seed, seconds=SECONDS):
    """Run one criterion, or last look, on one draw of inputs; whatever the candidate does, an `Outcome` comes back."""
    exam = Exam(candidate, seed)
    if seconds <= 0:
        return Outcome(USED_UP)
    try:
        candidate.begin(seconds)
        if criterion.name in candidate.defined:
            try:
                criterion.examine(exam)
            except WorkerLost:
                raise
            except Exception:  # the grader's own, about values it can't handle: everybody gets a mark
                exam.failure = Outcome(INCOMPARABLE)
        else:
            exam.failure = Outcome(candidate.failed.get(criterion.name) or Lost(UNDEFINED.format(criterion.name)))
    except WorkerLost as lost:
        exam.failure = Outcome(*lost.args)
    return replace(exam.failure or Outcome(None), charged=tuple(exam.charged))


def public_seed(criterion):
    """The seed of the inputs that a learner sees."""
    return _seed(b"public", criterion)


def hidden_seed(secret, assignment, criterion):
    """The seed of inputs that only the grader knows: HMAC(secret, assignment, criterion)."""
    return _seed(secret + b"\0" + assignment.encode(), criterion)


def _seed(key, criterion):
    return int.from_bytes(hmac.digest(key, criterion.key.encode(), hashlib.sha256), "big")

