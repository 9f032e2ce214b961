"""The name by which a notebook asks for the finale."""

from . import finale

__all__ = ["finale"]
