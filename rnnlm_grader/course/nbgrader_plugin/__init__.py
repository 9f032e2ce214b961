"""How the grader plugs into nbgrader: `nbgrader_config.py` of a course calls `configure(c)`.

`nbgrader autograde` does what `rnnlm-grade` does, one submission after the other: see `batch`. `exchange` collects and
releases, `release` enters exercises in the gradebook, `lms` takes downloads, `feedback` makes pages, `at_start` keeps a
course private.
"""

import warnings
from pathlib import Path

import nbgrader
from nbconvert.exporters import NotebookExporter
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import SaveCells
from sqlalchemy.exc import SAWarning
from traitlets import TraitError

from ...notebooks.writing import UNANSWERED, UNFILLED
from ...refusal import Refusal, Stopped, in_words
from ..batch import Batch
from ..messages import changed_lines, one_line, unsettled_lines
from .at_start import keep_private
from .exchange import Collect, ReleaseFeedback
from .feedback import FeedbackExporter
from .lms import COLLECTED, Download
from .release import GoOnAfterChecks, NameNext, ReleaseWhatMayChange, SaveChangedCells

WRITTEN_FOR = "0.9"  # nbgrader's version; the maintainer's guide says what is hooked, and what to do about another


def configure(c, root="."):
    """Fill in nbgrader's configuration `c` for this course, whose files lie in `root`.

    Exercises are written in solutions/ and released into exercises/; a cell to fill raises NotImplementedError.
    """
    if not nbgrader.__version__.startswith(f"{WRITTEN_FOR}."):
        warnings.warn(
            f"This course was written for nbgrader {WRITTEN_FOR}, and {nbgrader.__version__} is installed: they may "
            "not fit. See the maintainer's guide, When nbgrader changes.",
            stacklevel=2,
        )
    # nbgrader adds its objects to a session a line later than SQLAlchemy would like; nothing is lost by it.
    warnings.filterwarnings("ignore", "Object of type .* not in session", SAWarning)
    c.CourseDirectory.root = str(Path(root).resolve())
    c.CourseDirectory.source_directory = "solutions"
    c.CourseDirectory.release_directory = "exercises"
    c.ClearSolutions.code_stub = {"python": UNFILLED}
    c.ClearSolutions.text_stub = UNANSWERED
    c.ClearSolutions.begin_solution_delimeter = "BEGIN SOLUTION"
    c.ClearSolutions.end_solution_delimeter = "END SOLUTION"
    c.FormgradeExtension.debug = False  # its pages would show the configuration, the gradebook's password too
    c.ZipCollectApp.extractor_plugin = Download
    c.FileNameCollectorPlugin.named_regexp = COLLECTED
    c.FileNameCollectorPlugin.valid_ext = [".ipynb", ".zip"]
    c.GenerateAssignment.preprocessors = [
        NameNext,
        GoOnAfterChecks,
        *(
            SaveChangedCells if each is SaveCells else each
            for each in GenerateAssignment.class_traits()["preprocessors"].default()
        ),
    ]
    c.Autograde.exporter_class = f"{__name__}.{GradeTheClass.__name__}"  # as nbgrader_config.json says it
    c.GenerateAssignment.exporter_class = ReleaseWhatMayChange
    c.GenerateFeedback.exporter_class = FeedbackExporter
    c.ExchangeFactory.collect = Collect
    c.ExchangeFactory.release_feedback = ReleaseFeedback
    keep_private()


class GradeTheClass(NotebookExporter):
    """Grades the class when nbgrader's converter makes it, which is before it touches any submission.

    So what is missing or damaged stops the command with one line, and nothing is left for the converter to do.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        converter = self.parent
        converter.assignments = {}
        if "collect" not in converter.config.ExchangeFactory:
            # Only nbgrader_config.json was read, which is there so that nbgrader doesn't execute students' code itself.
            reason = "Nothing was graded, because nbgrader_config.py failed, for the reason above. Mend it first."
            self.log.error(reason)
            raise NbGraderException(reason)
        try:
            tally = Batch(converter.coursedir, converter.config, force=converter.force, log=self.log).grade()
        except (Refusal, Stopped, TraitError, OSError) as error:
            self.log.error("%s", in_words(error))
            raise NbGraderException(in_words(error)) from None
        for line in changed_lines(tally.changed):
            self.log.warning("%s", line)
        if tally.repriced:
            self.log.warning("Late penalties changed: %d", len(tally.repriced))
        for line in unsettled_lines(converter.coursedir.assignment_id, tally):
            self.log.warning("%s", line)
        for student, reason in tally.failed.items():
            self.log.error("No mark for %s: %s", one_line(student), reason)
        if tally.failed:
            raise NbGraderException(f"{len(tally.failed)} without a mark")
