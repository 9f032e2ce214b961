"""The grader's settings, and what must be there before anything is graded."""

import contextlib
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from traitlets import Bool, Dict, Enum, Float, Unicode
from traitlets.config import Config, Configurable, LoggingConfigurable

from ..notebooks.submission import Answers
from ..refusal import Refusal
from ..sandbox.choice import resolve
from ..sandbox.view import shows
from .gradebook import require_gradebook
from .job import Job, require_own_grader, version
from .private import make_private, owner_only, read_secret
from .source_notebook import answers_of, execution_order, require_criteria

SHORTEST = 0.2  # seconds; below that right answers are stopped
ALIKE = 0.85  # from here on one name is taken for a misspelling of another; nbgrader's own names are less alike


class GradeInSandbox(LoggingConfigurable):
    """The settings, as `c.GradeInSandbox` in nbgrader_config.py, and what grading needs according to them."""

    sandbox = Enum(
        ["auto", "bwrap", "podman", "none"],
        "auto",
        help="How to isolate student code: 'auto' is "
        "bubblewrap where it can start, else podman; 'none' only where student code is trusted.",
    ).tag(config=True)
    strict = Bool(
        False, help="Whether only what holds earns points: also what fails because of another mistake costs."
    ).tag(config=True)
    weights = Dict(
        value_trait=Float(),
        key_trait=Unicode(),
        help="What a point of a part counts in exports, by "
        "its name in the gradebook, as in {'MyRNN-backward': 2}; 1 where it isn't named.",
    ).tag(config=True)
    book_url = Unicode(
        "", help="Where students read the book, for links in their feedback: https://.../ without book/."
    ).tag(config=True)
    seconds_per_criterion = Float(
        15.0, min=SHORTEST, help="How many seconds of processor time one criterion may take."
    ).tag(config=True)
    seconds_per_answer = Float(
        30.0,
        min=SHORTEST,
        help="How many seconds of processor time may go into criteria of one class or "
        "function that don't come to an end. Once they are over, the others that have to be "
        "stopped after a second aren't examined again.",
    ).tag(config=True)
    seconds_per_cell = Float(
        5.0,
        min=SHORTEST,
        help="How many seconds of processor time a cell may take when it is executed; a "
        "student's own cells may take twice as many together.",
    ).tag(config=True)
    wall_clock_factor = Float(
        10.0,
        min=1,
        help="How many times as long each of these may take by the clock on the wall, for "
        "what waits or sleeps. What is stopped for this is examined again in the next run.",
    ).tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        """Raise a `Refusal` where `config` sets what there isn't: a mark may hang on it."""
        require_names(kwargs.get("config", {}))
        super().__init__(**kwargs)

    def require(self, coursedir: CourseDirectory, *, dry: bool = False) -> None:
        """Raise a `Refusal`, with what to do, unless everything is there that grading needs, or a `dry` run of it."""
        if resolve(self.sandbox) != "none" and shows(coursedir.root):
            raise Refusal(
                f"The course lies in {coursedir.root}, among the system's libraries, which students' code "
                "may read. Nothing was graded; move it elsewhere."
            )
        require_own_grader(coursedir.root)
        require_gradebook(coursedir, require_criteria(coursedir), dry=dry)
        with contextlib.nullcontext() if coursedir.groupshared else owner_only():
            read_secret(coursedir)
        make_private(coursedir)

    def job(self, coursedir: CourseDirectory, source: NotebookNode, secret: bytes, answers: Answers) -> Job:
        """The job that examines a student's `Answers`; `source` is the instructor's notebook, `secret` the key."""
        return Job(
            assignment=coursedir.assignment_id,
            cells=tuple(execution_order(source, answers.order)),
            whole=tuple(execution_order(source, answers.whole)) if answers.whole else (),
            answers=tuple(answers_of(source).items()),
            secret=secret,
            sandbox=resolve(self.sandbox),
            seconds_per_criterion=self.seconds_per_criterion,
            seconds_per_answer=self.seconds_per_answer,
            version=version(),
            seconds_per_cell=self.seconds_per_cell,
            wall_clock_factor=self.wall_clock_factor,
        )


def require_names(config: Config) -> None:
    """Raise a `Refusal` for a setting that the grader hasn't, and for those of a class whose name is misspelt."""
    own, classes = GradeInSandbox.class_trait_names(config=True), {each.__name__ for each in kinds_of(Configurable)}
    section = GradeInSandbox.__name__
    for name in config.get(section, {}).keys() - own:
        near = get_close_matches(name, own, 1) or sorted(own)
        raise Refusal(
            f"The course's configuration sets c.{section}.{name}, which there isn't. Did you mean {' or '.join(near)}?"
        )
    for name, settings in config.items():
        if isinstance(settings, Config) and settings and name not in classes:
            for near in get_close_matches(name, classes, 1, ALIKE):
                raise Refusal(f"The course's configuration sets c.{name}.{min(settings)}. Did you mean c.{near}?")


def kinds_of(kind: type) -> Iterator[type]:
    """Yield all loaded classes that derive from one."""
    each: type
    for each in kind.__subclasses__():
        yield each
        yield from kinds_of(each)
