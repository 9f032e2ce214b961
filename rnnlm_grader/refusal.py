"""What stops a command before it has done anything. Light, because commands load it before everything else."""


class Refusal(Exception):
    """Nothing was done: its text says in one line why, and what to do."""
