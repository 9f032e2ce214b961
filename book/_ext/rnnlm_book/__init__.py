"""What the book adds to Sphinx: each module here that has a `setup`, which is called because the module lies here."""

import gc
import importlib
import pkgutil


def setup(app):
    # A third of a build went into the search for reference cycles, which walks the pages again and again. The process
    # ends with the build, and twice the memory (half a gigabyte) is cheaper than waiting.
    gc.disable()
    for module in pkgutil.iter_modules(__path__):
        part = importlib.import_module(f"{__name__}.{module.name}")
        if hasattr(part, "setup"):
            part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
