"""What the notebooks call, in a copy of the course without answers to compare with: see book/own-course.md."""

__all__ = ["chapter", "check", "finale"]


def check(answer=None, part=None, *, hidden=False):
    """Say that nothing is checked here."""
    print("This copy of the course has no answers to compare with, so nothing is checked here. Hand in your notebook.")


def chapter(slug):
    """Name a chapter's page."""
    print(f"Read: book/{slug}.html")


finale = check
