"""What each exercise asks for, by its slug."""
from . import embedding

ASSIGNMENTS = {assignment.slug: assignment for assignment in (embedding.ASSIGNMENT,)}


def find(name):
    """Return the assignment that asks for `name`, or None."""
    return next((a for a in ASSIGNMENTS.values() if name in a.names), None)
