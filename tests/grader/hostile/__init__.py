"""A class of honest, hostile and broken submissions to 01-embedding, with the mark that each deserves.

`CLASS` maps each student to what is handed in. Those whose names begin with x- lose their process or all their time,
and are graded with little of it.
"""
from . import attacks, broken, honest, pages

CLASS = {**honest.WORK, **attacks.WORK, **broken.WORK, **pages.WORK}
HASTY, OTHERS = "x-*", "[!x]*"
