"""Everything that judges a student's work. In a notebook: `from rnnlm_grader import check`."""
from .check import check

__all__ = ["check"]
