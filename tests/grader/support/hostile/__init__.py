"""A class of honest, hostile and broken submissions, with the mark that each deserves of 25.

All are to 01-embedding but those of `whole_model`, whose assignment lends the reference to some of its answers.

`CLASS` maps each student to what is handed in. Those whose names begin with x- lose their process or all their time,
and are graded with little of it.
"""

from . import attacks, broken, honest, pages, whole_model

CLASS = {**honest.WORK, **attacks.WORK, **broken.WORK, **pages.WORK, **whole_model.WORK}
HASTY, OTHERS = "x-*", "[!x]*"
