"""What is at hand in a notebook from its beginning: a kernel runs this as it starts, because PYTHONSTARTUP names it.

It is what the first cells of the exercises import, so that nobody has to run these before the first check of a visit;
and `review`, which asks what was misunderstood.
"""

import numpy as np  # noqa: F401

from rnnlm_grader import chapter, check  # noqa: F401
from rnnlm_grader.learner.review import review  # noqa: F401
from rnnlm_ref.layers import RNN  # noqa: F401
