"""What a criterion is, and the exam in which it examines a candidate.

A criterion is a function of an `Exam`. It draws inputs, has the candidate do something with them, and compares. All
that it compares is kept as a trace, so that a wrong answer can be recognised: the library's variant that leaves the
same trace made the same mistake.
"""
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from .bench import StepFailed
from .candidate import KernelCandidate, Lost, WorkerLost
from .compare import LEAST, Difference, differ, same
from .replay import NoReplay, Replay, kept

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
    beside: str = ""  # of one that compares an answer with itself: the part of which something right must hold too
    exercise: object = None  # the `spec.exercise.Exercise` that declares it, if one does: then failures hold a case

    @property
    def key(self):
        return f"{self.name}/{self.part}/{self.id}"

    @property
    def account(self):
        """What its time is counted under."""
        return self.name


@dataclass(frozen=True, eq=False)
class LastLook:
    """Looks once more, for long, at an answer that passes all criteria of its name.

    What goes wrong then speaks against one of these criteria, and costs its points: `Exam.against`.
    """

    name: str
    examine: Callable
    against: str  # the id of that criterion, unless the exam says otherwise

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

    def last_look(self, name, against):
        """Decorate an examining function that looks once more at answers in which nothing is wrong."""
        def add(function):
            self.last_looks.append(LastLook(name, function, against))
            return function
        return add

    def criterion(self, name, part, points, shows, beside=""):
        """Decorate an examining function: `@criteria.criterion('MyEmbedding', 'forward', 1, 'looks ids up')`."""
        def add(function):
            self.append(Criterion(function.__name__, name, part, points, shows, function, beside))
            return function
        return add


@dataclass(frozen=True, eq=False)
class Misconception:
    """A small wrong variant, and what somebody who writes it has misunderstood."""

    id: str
    name: str
    sentence: str
    section: str  # page and anchor in the book: '02-embedding.html#embedding-lookup'
    variant: Callable
    shows_nothing: bool = False  # whether what it gives is nothing, or zeros, as of an answer that isn't filled in


class Library(list):
    """The misconceptions of one assignment."""

    def misconception(self, name, section, sentence, shows_nothing=False):
        """Decorate a wrong variant of `name`."""
        def add(variant):
            self.append(Misconception(variant.__name__, name, sentence, section, variant, shows_nothing))
            return variant
        return add


@dataclass(frozen=True, eq=False)
class Assignment:
    """What one exercise asks for and how it is judged."""

    slug: str
    names: tuple
    criteria: CriteriaList
    misconceptions: Library
    lent: dict = field(default_factory=dict)  # name → modules of rnnlm_ref that this answer may import

    def parts(self):
        """The (name, part) pairs: one grade cell each."""
        return list(dict.fromkeys((c.name, c.part) for c in self.criteria))

    def of(self, name, part):
        """The criteria of one grade cell."""
        return [c for c in self.criteria if (c.name, c.part) == (name, part)]


@dataclass(frozen=True, eq=False)  # each is one of its own: arrays can't be compared as a whole
class Outcome:
    """What came of examining one candidate by one criterion on one draw of inputs.

    `finding` is None if it passed, else what went wrong first: a `Difference`, a `Raised` or the reason why the
    process was lost. The examination goes on after a difference, so `trace` may hold more than the `decisive` first
    observations.
    """

    finding: object
    trace: tuple
    decisive: int = 0
    replay: Replay | None = None
    printed: str = ""
    against: str = ""  # of a last look: the id of the criterion that this speaks against
    excused: object = None  # like `finding`: what went wrong first of that by which another criterion must fail
    case: object = None  # of a specification: the `spec.layer.Case` that failed
    mistake: object = None  # what is known of it: an `explaining.mistakes.Mistake`
    charged: tuple = ()  # of a specification: the outcomes that other criteria pay for, by their `against`

    @property
    def passed(self):
        return self.finding is None

    @property
    def is_clean(self):
        """Whether nothing was wrong at all, neither here nor for others to pay for."""
        return self.passed and not self.charged

    @property
    def is_let_go(self):
        """Whether it passed only because other criteria pay for what went wrong."""
        return self.passed and bool(self.charged)


DIVERGED = Lost("it did something else")
UNDEFINED = "no cell defines {}"
INCOMPARABLE = Lost("what it gave can't be compared with what it should give")
USED_UP = Lost("it was not examined, because the time for this answer was used up")


class Diverged(Exception):
    """The candidate did something else than the one that it is compared with."""


class TriedInVain(StepFailed):
    """A step of an attempt ended in an exception of the candidate's, which is only watched."""


UNSEEN = object()  # the value of a thing that hasn't come yet


@dataclass
class Thing:
    """An object on the candidate's bench, as a criterion sees it."""

    exam: "Exam"
    handle: object
    name: str
    _value: object = None
    is_called: bool = False  # whether a call gave it, which the replay has written down

    @property
    def value(self):
        """A copy of what the object was when it was made."""
        if self._value is UNSEEN:
            self.exam.settle()
        return self._value

    @value.setter
    def value(self, value):
        self._value = value

    def call(self, method, *args, **kwargs):
        """Call a method with arrays, numbers and things."""
        return self.exam.run(self, method, args, kwargs)

    def forward(self, *args):
        return self.call("forward", *args)

    def backward(self, *args):
        return self.call("backward", *args)

    def attribute(self, name):
        """Fetch an attribute, such as 'grads'."""
        return self.exam.step(f"{self.name}.{name}", "attribute", self.handle, name)

    def item(self, index):
        """Fetch the element `index` of a tuple or list."""
        return self.exam.step(f"{self.name}[{index}]", "item", self.handle, index)

    def grad(self, index=0):
        """Fetch `grads[index]`, the object itself; its later values are what `now` shows."""
        return self.exam.step(f"{self.name}.grads[{index}]", "element", self.handle, "grads", index)

    def keep_grads(self, count, name="kept"):
        """Fetch all `grads` under a name of their own, as an optimiser would keep them."""
        self.exam.replay.write(f"{name} = [{', '.join(f'{self.name}.grads[{i}]' for i in range(count))}]")
        return [self.exam.step(f"{name}[{i}]", "element", self.handle, "grads", i) for i in range(count)]

    def parts(self, *names):
        """The items of a tuple under names of their own, as they came with it: to see them takes no further step."""
        return [Derived(self.exam, None, name, of=self, make=partial(_item, index)) for index, name in enumerate(names)]

    def each(self, function):
        """What a function makes of the array, or of each array of a tuple; what is no array stays as it is."""
        return Derived(self.exam, None, self.name, of=self, make=partial(_of_each, function))

    def now(self):
        """Look at the object again: the thing that comes back has the value of this moment."""
        return self.exam.step(self.name, "value", self.handle)

    def write(self, array):
        """Overwrite the array in place, as an optimiser does."""
        self.exam.replay.note(f"{self.name}[...] = {{}}", array)
        self.exam.step(self.name, "write", self.handle, array)

    def spoil(self, array):
        """Overwrite what the answer returned, if that can be written into."""
        self.exam.replay.note(f"{self.name}[...] = {{}}", array)
        self.exam.step(self.name, "spoil", self.handle, array)


@dataclass
class Derived(Thing):
    """What `make` gives for the value of another thing, as soon as that has come."""

    of: Thing = None
    make: Callable = None

    @property
    def value(self):
        return self.make(self.of.value)


def _item(index, value):
    return value[index] if isinstance(value, tuple) and index < len(value) else None


def _of_each(function, value):
    if isinstance(value, tuple):
        return tuple(_of_each(function, item) for item in value)
    return function(value) if isinstance(value, np.ndarray) else value


@dataclass
class Exam:
    """One candidate, one name, one draw of inputs."""

    candidate: object
    name: str
    rng: np.random.Generator
    trace: list = field(default_factory=list)
    replay: Replay = field(default_factory=Replay)
    pending: list = field(default_factory=list)  # what is to be done when the results of steps come, in order
    printed: str = ""
    failure: Outcome | None = None  # the first, as it was then
    like: tuple = ()  # another's trace: the examination ends at the first observation that differs from it
    may_raise: bool = False  # whether what the candidate raises in the steps that are asked for now is only watched
    is_over: bool = False  # whether it did, so that what was asked beyond is lost until the next case
    excuse: object = None  # what went wrong first and isn't judged, for another criterion must fail by it
    against: str = ""  # in a last look: the id of the criterion that would be untrue if anything went wrong now
    charged: list = field(default_factory=list)  # as in `Outcome`

    def case(self):
        """Begin a case that stands on its own: nothing that was done before is needed to see what goes wrong in it.

        So it begins anew after an attempt that failed, with which all that was on the bench is lost.
        """
        if self.is_over:
            self.candidate.finish()
            self.is_over = False
        self.replay.begin()

    def new(self, *args, **kwargs):
        """Make an instance of the candidate's class (or call its function)."""
        return self.run(None, None, args, kwargs)

    def put(self, name, array, layout="C"):
        """Place an array on the bench under a name, to see later what became of it."""
        handle = self.candidate.request("put", array, layout)
        self.replay.define(name, array, layout)
        return Thing(self, handle, name, array)

    def gather(self, name, things):
        """Place a list of things on the bench, to see later what it holds."""
        handle = self.candidate.request("put", [thing.handle for thing in things])
        self.replay.write(f"{name} = [{', '.join(thing.name for thing in things)}]")
        return Thing(self, handle, name)

    def lend(self, name, function, text):
        """Give the answer a function to call; `text` is its definition as a learner would write it."""
        self.replay.write(text)
        return Thing(self, self.candidate.lend(function), name)

    def run(self, target, method, args, kwargs):
        """Call the candidate's name (target None) or a method, and tell the replay."""
        name = self.replay.call(target.name if target else None, method or self.name, args, kwargs)
        plain = tuple(_bare(arg) for arg in args)
        options = {key: _bare(value) for key, value in kwargs.items()}
        return self.step(name, "call", target.handle if target else self.name, method, plain, options)

    def step(self, name, verb, *args):
        """Take one step on the bench; return the resulting thing.

        Whether it succeeded is seen later, where the candidate is far away: many steps then need one journey.
        """
        if self.is_over:
            raise AssertionError("nothing can be asked after an attempt that failed")
        thing = Thing(self, self.candidate.request(verb, *args), name, UNSEEN, verb == "call")
        self.pending.append(partial(self.see, thing, args[1] if verb == "call" else verb, self.replay.length,
                                    self.may_raise))
        if self.candidate.is_near:
            self.settle()
        return thing

    def see(self, thing, what, length, is_tried):
        """See what came of a step; raise what ended it.

        `what` is its name in a trace, `length` its place in the replay, `is_tried` whether it belongs to an attempt.
        """
        try:
            thing.value, self.printed = self.candidate.reply()
        except StepFailed as error:
            self.printed = error.printed
            self.keep(what)
            self.keep(error.raised)
            if is_tried:
                raise TriedInVain(error.raised, error.printed) from None
            self.fail(error.raised, length, "" if thing.is_called else thing.name)
            raise

    def attempt(self, steps):
        """Return what `steps()` gives, or None if the candidate raised, unjudged.

        After that nothing can be asked until the next case.
        """
        if self.is_over:
            return None
        self.may_raise = True
        try:
            given = steps()
            self.settle()
            return given
        except TriedInVain:
            self.is_over = True
            return None
        finally:
            self.may_raise = False

    def settle(self):
        """See what came of all steps until now, and do what waited for it."""
        pending, self.pending = self.pending, []
        for see in pending:
            see()

    def later(self, look, *args):
        """Call `look(*args, place in the replay)` as soon as the results of the steps until now are there."""
        self.pending.append(partial(look, *args, self.replay.length))
        if len(self.pending) == 1:
            self.settle()

    def equal(self, got, expected, what, *, note="", exact=False, any_float=False, least=LEAST):
        """Require that `got` equals `expected` (each a thing or a value) in shape, dtype and value.

        Parameters
        ----------
        what : str
            What was compared, as the learner would write it: 'out', 'grads[0]'.
        note : str
            Why it should be so, where the numbers alone don't say.
        exact : bool
            Bit for bit, for what must be untouched.
        any_float : bool
            Whether the dtype may be another one of floats.
        least : float
            As in `compare.close`.
        """
        self.later(self._compare, got, kept(expected), what, note, exact, any_float, least)

    def _compare(self, got, expected, what, note, exact, any_float, least, length):
        got, expected = (side.value if isinstance(side, Thing) else side for side in (got, expected))
        self.keep(got)
        if any_float and isinstance(got, np.ndarray) and got.dtype.kind == "f":
            expected = expected.astype(got.dtype)
        if self.failure is None and (difference := differ(
                got, expected, what, note=note, exact=exact, least=least)):
            self.fail(difference, length)

    def hold(self, condition, what, problem, *, note=""):
        """Require a condition that no expected value can express; `problem` says how `what` breaks it."""
        self.observe(np.array(bool(condition)))
        if not condition:
            self.fail(Difference(what, problem, note=note))

    def leave_to_others(self, finding):
        """Note what went wrong and isn't judged, for another criterion of the name must fail by it: see `grading`."""
        self.excuse = self.excuse or finding

    def watch(self, thing):
        """Keep a value that isn't judged here, so that answers that differ in it aren't taken for the same."""
        self.later(lambda length: self.keep(thing.value))

    def observe(self, value):
        """Add to the trace, after what steps until now add to it."""
        self.settle()
        self.keep(value)

    def keep(self, value):
        """Add to the trace."""
        self.trace.append(value)
        if len(self.trace) <= len(self.like) and not same(value, self.like[len(self.trace) - 1]):
            raise Diverged

    def turn_to(self, against):
        """Have what goes wrong from now on speak against a criterion, by its id."""
        self.later(lambda length: setattr(self, "against", against))

    def has_failed(self):
        """Whether anything was wrong until now."""
        self.settle()
        return self.failure is not None

    def fail(self, finding, length=None, asked=""):
        """Keep what went wrong first; what follows is only watched, to tell mistakes apart.

        `length` is the place in the replay where it went wrong, if not at its end; `asked` what was asked for there.
        """
        if self.failure is None:
            replay = self.replay.until(length)
            if asked:
                replay.write(asked)
            self.failure = Outcome(finding, (), len(self.trace), replay, self.printed, self.against)


def _bare(arg):
    if isinstance(arg, list | tuple):
        return type(arg)(map(_bare, arg))
    return arg.handle if isinstance(arg, Thing) else arg


def examine(criterion, candidate, seed, seconds=SECONDS, replay=None, like=()):
    """Run one criterion, or last look, on one draw of inputs; whatever the candidate does, an `Outcome` comes back.

    Where it leaves another trace than `like`, it ends there, and what was found is `DIVERGED`.
    """
    exam = Exam(candidate, criterion.name, np.random.default_rng(seed), replay=replay or Replay(), like=like)
    if seconds <= 0:
        return Outcome(USED_UP, ())
    try:
        candidate.begin(seconds)
        if criterion.name in candidate.defined:
            try:
                criterion.examine(exam)
                candidate.end()
                exam.settle()
            except (Diverged, WorkerLost):
                raise
            except StepFailed:
                pass  # `Exam.settle` has kept what was raised
            except Exception:  # the criterion's own, who can't go on with what it was given: nobody goes without a mark
                exam.fail(INCOMPARABLE)
            candidate.finish()
        else:
            exam.fail(candidate.failed.get(criterion.name) or Lost(UNDEFINED.format(criterion.name)))
    except Diverged:
        return Outcome(DIVERGED, tuple(exam.trace))
    except WorkerLost as lost:
        exam.fail(*lost.args)
    return replace(exam.failure or Outcome(None, ()), trace=tuple(exam.trace), excused=exam.excuse,
                   charged=tuple(exam.charged))


class UntilWrong(NoReplay):
    """Ends an examination at the first thing that is wrong, when it is to be written down."""

    def until(self, length=None):
        raise Diverged


def examine_variant(misconception, criterion, seed, like=(), replay=None):
    """Run one criterion on a wrong variant of the library; see `examine`."""
    candidate = KernelCandidate(**{misconception.name: misconception.variant})
    return examine(criterion, candidate, seed, SECONDS, replay or NoReplay(), like)


def public_seed(criterion):
    """The seed of the inputs that a learner sees."""
    return _seed(b"public", criterion)


def hidden_seed(secret, assignment, criterion):
    """The seed of inputs that only the grader knows: HMAC(secret, assignment, criterion)."""
    return _seed(secret + b"\0" + assignment.encode(), criterion)


def _seed(key, criterion):
    return int.from_bytes(hmac.digest(key, criterion.key.encode(), hashlib.sha256), "big")

