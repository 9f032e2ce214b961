"""What is at hand in a notebook from its beginning, as in the whole course."""

import numpy as np  # noqa: F401

from rnnlm_grader import chapter, check  # noqa: F401
from rnnlm_ref.layers import RNN  # noqa: F401
