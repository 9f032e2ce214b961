"""Submissions to 06-rnnlm, whose answers run in one worker after the other, for not all may import the same."""

import nbformat
from corpora import rnnlm as corpus
from demo import filled

from .attacks import FOUND
from .handing_in import ROOT, hands_in

NAME = f"{corpus.SLUG}.ipynb"
BLANK = nbformat.read(ROOT / "exercises" / corpus.SLUG / NAME, as_version=4)
PLAIN = {name: next(iter(sources.values())) for name, sources in corpus.RIGHT.items()}
AFFINE, MODEL, PERPLEXITY = PLAIN.values()


def model(mark, says="", **answers):
    """The plainest right answers, but for those given."""
    return hands_in(nbformat.writes(filled(BLANK, **PLAIN | answers)), mark, says, NAME, corpus.SLUG)


LEAVES = AFFINE.replace(
    "N, T, H = xs.shape",
    """N, T, H = xs.shape
        [open(f'{place}/seen', 'a').write(repr(xs)) for place in ('/tmp', '/dev/shm')]""",
)
assert LEAVES != AFFINE
LOOKS = f"""{FOUND}
import os
if any(os.path.exists(f'{{place}}/seen') for place in ('/tmp', '/dev/shm')): found('what another answer left')
{MODEL}"""
# In the stand-in's place there is another source than the student's own, which ends with a word of its own.
READS = f"""{FOUND}
import linecache
source = ''.join(linecache.getlines('<cell MyTimeAffine>'))
if 'mine' not in source: found(source)
class MyRnnlm: pass
"""
WRONG_BACKWARD = AFFINE.replace("np.sum(dout, axis=0)", "np.mean(dout, axis=0)  # mine")
LENDS_ON = (
    """
from rnnlm_ref.time_layers import TimeAffine
import builtins
builtins.MyTimeAffine = MyTimeAffine = TimeAffine
"""
    + MODEL
)
MUCH = """
from rnnlm_grader.protocol import bench
def much(value): return tuple(np.zeros(1000) for _ in range(30))
bench.snapshot = much
"""

WORK = {
    "model-plain": model(26),
    "model-looks-for-what-was-left": model(26, MyTimeAffine=LEAVES, MyRnnlm=LOOKS),
    "model-reads-the-stand-in": model(13, "takes no arguments", MyTimeAffine=WRONG_BACKWARD, MyRnnlm=READS),
    "model-lends-on": model(18, "no cell defines MyTimeAffine", MyTimeAffine="pass\n", MyRnnlm=LENDS_ON),
    "model-says-much": model(18, "far more than any right answer", MyTimeAffine=MUCH + AFFINE),
    "model-spoils-what-comes-before": model(20, "of 30|far more", my_perplexity=MUCH + PERPLEXITY),
}
