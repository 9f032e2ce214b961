"""nbgrader's configuration of this course; every nbgrader command that starts in this folder reads it."""

from pathlib import Path

from rnnlm_grader.course.nbgrader_plugin import configure

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "rnnlm"
configure(c, Path(__file__).parent)
