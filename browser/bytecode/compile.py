"""Runs in Pyodide when the lab is built: compiles what a first check imports, so that no browser has to.

Of these modules the bytecode takes the place of the source, in the wheels and in the standard library. The sources of
the reference stay beside it, for readers. What is never imported is left as it is, or out.
"""

import marshal
import re
import sys
import zipfile
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path

from pyodide_kernel import ipython_shell as shell

FOLDER = Path("/folder")
STDLIB = FOLDER / "python_stdlib.zip"
LIB = "/lib/python{}.{}/site-packages/", "/lib/python{}{}.zip/"  # of wheels, of the standard library
PLACES = tuple(place.format(*sys.version_info) for place in LIB)
REFERENCE = "rnnlm_ref/"
STARTUP = "rnnlm_startup.py"  # which is run by its name
LEFT_OUT = re.compile(
    r"""rnnlm_grader/(course|sandbox)/.* | numpy/(.*/)?tests/.* | numpy/f2py/.* | .*\.(pyi|pxd|h|a)
    | IPython/(terminal|sphinxext|testing)/.* | pygments/lexers/(?!__init__|_mapping|python|special).*""",
    re.VERBOSE,
)
UNCHECKED = (1).to_bytes(4, "little") + bytes(8)  # there is no source to compare it with
WRONG = """
from rnnlm_startup import *
class MyEmbedding:
    def __init__(self, W):
        self.params, self.grads = [W], [np.zeros_like(W)]
    def forward(self, idx):
        self.idx = idx
        return self.params[0][idx]
    def backward(self, dout):
        self.grads[0][self.idx] = dout
check(MyEmbedding)
"""


def first_check():
    """Import what a check of a wrong answer imports, and what shows errors."""
    shell.display_pub.display_data_callback = lambda *_: None
    for cell in (WRONG, "1 / 0", "1 /"):
        shell.run_cell(cell)


def imported():
    """Return the files of all modules that were imported, as wheels and the standard library name them."""
    files = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
    return {file.removeprefix(place) for place in PLACES for file in files if file.startswith(place)}


def rewrite(archive, wanted):
    """Write a zip file anew."""
    with zipfile.ZipFile(archive) as old:
        members = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name, content in members.items():
            for place, what in rewritten(name, content, wanted, archive == STDLIB):
                new.writestr(zipfile.ZipInfo(place), what, zipfile.ZIP_DEFLATED)  # the same at any time


def rewritten(name, content, wanted, is_stdlib):
    """Yield what takes the place of a file: names and contents."""
    is_compiled = name in wanted and name.endswith(".py") and name != STARTUP
    if is_compiled:
        code = compile(content, name, "exec", dont_inherit=True, optimize=2 if is_stdlib else 0)
        place = cache_from_source(name) if name.startswith(REFERENCE) else f"{name}c"
        yield place, MAGIC_NUMBER + UNCHECKED + marshal.dumps(code)
    if name.startswith(REFERENCE) or not (is_compiled or (name not in wanted and LEFT_OUT.fullmatch(name))):
        yield name, content


first_check()
for archive in (*FOLDER.glob("*.whl"), STDLIB):
    rewrite(archive, imported())
