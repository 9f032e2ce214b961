"""Runs when a kernel starts in a browser: tells `check` where the book is, and does what any other kernel does then."""
import os

from js import location

os.environ["RNNLM_BOOK_URL"] = location.href.rpartition("/lab/")[0]  # of the kernel's script, which the lab contains
from rnnlm_grader.startup import *  # noqa: F403
