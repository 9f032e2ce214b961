"""Answers as students write them: right in many ways, wrong in many ways, hostile and broken.

A module for each assignment holds `SLUG`, and for each name that it asks for

RIGHT    style → source of the cell; the first is the plainest and stands in where another name is examined
WRONG    id of the misconception that should be named → source, in a style unlike the library's
"""

import importlib
import pkgutil

_MODULES = [
    importlib.import_module(f"{__name__}.{found.name}")
    for found in pkgutil.iter_modules(__path__)
    if found.name != "incomplete"
]
CORPORA = tuple(sorted(_MODULES, key=lambda module: module.SLUG))
