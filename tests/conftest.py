"""Makes corpora and tools importable for tests, says which tests `make test` runs, and which files took longest."""

import sys
import zlib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]
PROGRAMS = {"browser", "server"}  # fixtures that start a browser, or a database server


def pytest_addoption(parser):
    parser.addoption("--quick", action="store_true", help="run only a share of the tests of whole corpora")
    parser.addoption("--share", type=int, default=1, metavar="N", help="of the many alike in a corpus run one in N")


def pytest_collection_modifyitems(config, items):
    """Mark the tests that need a program which Python's packages don't bring; with --quick, leave some out."""
    for item in items:
        if PROGRAMS & set(item.fixturenames):
            item.add_marker("programs")
    is_quick, share = config.getoption("quick"), config.getoption("share")
    chosen, left_out = [], []
    for item in items:
        (chosen if is_chosen(item, is_quick, share) else left_out).append(item)
    items[:] = chosen
    config.hook.pytest_deselected(items=left_out)


def is_chosen(item, is_quick, share):
    """Whether a test is none of a whole corpus, or belongs to the share of it that is to be run: always the same."""
    corpus = item.get_closest_marker("corpus")
    if not corpus:
        return True
    one_in, number = corpus.kwargs.get("one_in"), zlib.crc32(item.nodeid.encode())
    if is_quick:
        return bool(one_in) and number % one_in == 0
    return not one_in or corpus.kwargs.get("whole", False) or number % share == 0


def pytest_terminal_summary(terminalreporter):
    """Print the slowest files."""
    seconds = Counter()
    for report in (each for several in terminalreporter.stats.values() for each in several):
        if hasattr(report, "duration"):
            seconds[report.nodeid.partition("::")[0]] += report.duration
    terminalreporter.section("slowest files")
    for path, total in seconds.most_common(8):
        terminalreporter.write_line(f"{total:7.1f} s  {path}")
