"""What each exercise asks for and how it is judged: a module each, found by itself."""
import importlib
import pkgutil


def _all():
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return sorted((module.ASSIGNMENT for module in modules), key=lambda assignment: assignment.slug)


ASSIGNMENTS = {assignment.slug: assignment for assignment in _all()}


def find(name):
    """Return the assignment that asks for `name`, or None."""
    return next((a for a in ASSIGNMENTS.values() if name in a.names), None)
