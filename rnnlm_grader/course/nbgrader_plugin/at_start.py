"""Has nbgrader's own programs keep a course private, and their log harmless, before they do anything else."""

import functools

from nbgrader.apps.baseapp import NbGrader
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension

from ...explaining.words import clean
from ..private import make_private

LONGEST = 10_000  # characters of a line in a log


@functools.cache
def keep_private():
    """Have nbgrader's commands, and its formgrader when it is loaded, make all this before anything else.

    nbgrader has no setting for it: its hooks miss collecting, and its exchange may be a hub's own.
    """
    for owner, name in ((NbGrader, "start"), (FormgradeExtension, "init_tornado_settings")):
        setattr(owner, name, after_making_private(getattr(owner, name)))


def after_making_private(method):
    """A method of an nbgrader program, which first makes what is missing of its course."""

    @functools.wraps(method)
    def wrapper(self, *args):
        self.log.addFilter(harmless)
        if not self.subapp:  # `nbgrader` itself, which hasn't read what its command was told
            make_private(self.coursedir)
        return method(self, *args)

    return wrapper


def harmless(record):
    """Take out of a log's line what a terminal would obey: names of students, and of their files, come from anybody."""
    record.msg, record.args = clean(record.getMessage(), LONGEST), ()
    return True
