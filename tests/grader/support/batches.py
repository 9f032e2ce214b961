"""Opens a course folder as `rnnlm-grade` does."""

from course_folder import SLUG, config_for
from nbgrader.coursedir import CourseDirectory

from rnnlm_grader.course.batch import Batch


def open_course(folder):
    """nbgrader's course and configuration for a folder."""
    config = config_for(folder)
    return CourseDirectory(config=config, assignment_id=SLUG), config


def batch_of(folder, **options):
    return Batch(*open_course(folder), **options)
