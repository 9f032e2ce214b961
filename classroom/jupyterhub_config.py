"""A JupyterHub for this course, on one machine. `make classroom` starts it; copy it and adapt it for your own."""

import os
from importlib.util import find_spec
from pathlib import Path

INSTRUCTORS = {"instructor"}
STUDENTS = set(Path("/srv/rnnlm/hub/students").read_text().split())
BOOK_URL = ""  # where students read the book, as in "https://course.example.org/rnnlm": what checks say links there

c = get_config()  # noqa: F821

# Reached from this machine only. For a class, put it behind a web server that speaks HTTPS.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"

# Who may log in. One password for all is for trying things out: use your school's login (an OAuthenticator), or PAM.
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = Path("/srv/rnnlm/hub/password").read_text().strip()
c.Authenticator.allowed_users = INSTRUCTORS | STUDENTS
c.Authenticator.allow_existing_users = False  # else a student who has left the list could still log in

# Each person's server runs as the account of that name: nbgrader takes the account's name for the student's.
c.JupyterHub.spawner_class = "localprocess"
c.Spawner.default_url = "/lab"
c.Spawner.http_timeout = 120  # seconds; a busy machine starts a server slowly
# Notebooks begin with `check` at hand, and tell it what stands on the screen, by jupyter/labextensions.
c.Spawner.environment = {
    "PYTHONSTARTUP": find_spec("rnnlm_grader.startup").origin,
    "JUPYTER_PATH": "/srv/jupyter",
    "RNNLM_BOOK_URL": BOOK_URL,
    "OPENBLAS_NUM_THREADS": "1",
}  # so that an endless loop takes one core

# What a student's server may take. Spawners of containers and of systemd hold to the first two; for this one,
# which doesn't, prlimit bounds the memory of each process, and nice lets everybody else's work come first.
c.Spawner.mem_limit = "1G"
c.Spawner.cpu_limit = 1.0
LIMITS = ["nice", "-n", "5", "prlimit", f"--data={2**30}"]


def set_up_student(spawner):
    """Leave formgrader, the list of courses and Create Assignment out of students' servers, and limit these."""
    if spawner.user.name not in INSTRUCTORS:
        spawner.environment["JUPYTER_CONFIG_PATH"] = "/srv/classroom/students"
        # For `check()`, and for `review()` days later.
        spawner.environment["RNNLM_PROGRESS"] = os.path.expanduser(f"~{spawner.user.name}/progress.json")
        spawner.cmd = [*LIMITS, "jupyterhub-singleuser"]


c.Spawner.pre_spawn_hook = set_up_student
