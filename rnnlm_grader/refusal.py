"""What stops a command. Light, because commands load it before everything else."""

PUT_RIGHT = "put it right and run the same command again."


class Refusal(Exception):
    """Nothing was done: its text says in one line why, and what to do."""


class Stopped(Exception):
    """Something was done, and is kept: its text says in one line why no more was."""


def in_words(error: Exception) -> str:
    """What an exception says, in one line; of an OSError also of which file."""
    if not isinstance(error, OSError):
        return str(error)
    return " ".join(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}.".split())
