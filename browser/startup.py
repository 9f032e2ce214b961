"""Runs when a kernel starts in a browser: tells `check` where the book is, and does what any other kernel does then."""

import os

from IPython import get_ipython
from js import location

os.environ["RNNLM_BOOK_URL"] = location.href.rpartition("/lab/")[0]  # of the kernel's script, which the lab contains
get_ipython().Completer.use_jedi = False  # it isn't there: see build.py
from rnnlm_grader.startup import *  # noqa: E402, F403
