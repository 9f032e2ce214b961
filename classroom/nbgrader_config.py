"""What nbgrader needs to know on the JupyterHub, in everybody's server: it lies in etc/jupyter/ of the environment."""

from pathlib import Path

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "rnnlm"
c.Exchange.root = "/srv/rnnlm/exchange"

# The instructor has the course in a folder of this name, and formgrader must be told where it lies.
course = Path.home() / "rnnlm"
if (course / "solutions").is_dir():
    from rnnlm_grader.course.nbgrader_plugin import configure

    configure(c, course)
