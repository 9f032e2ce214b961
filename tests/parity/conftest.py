"""These tests need PyTorch, which `make test` doesn't install: its wheel is far larger than all else together."""

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("torch") else ["test_*.py"]
