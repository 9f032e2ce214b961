"""Makes modules outside packages importable, says which tests `make test` runs, and which files took longest."""

import sys
import zlib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / folder) for folder in ("tests", "tools", "book/_ext")]
PROGRAMS = {"browser", "server"}  # fixtures that start a browser, or a database server


def pytest_addoption(parser):
    parser.addoption("--quick", action="store_true", help="run only a share of the tests of whole corpora")
    parser.addoption("--share", type=int, default=1, metavar="N", help="of the many alike in a corpus run one in N")
    parser.addoption("--part", type=int, default=0, metavar="K", help="which one in N: other numbers, other tests")


def pytest_collection_modifyitems(config, items):
    """Mark the tests that need a program which Python's packages don't bring; with --quick, leave some out."""
    for item in items:
        if PROGRAMS & set(item.fixturenames):
            item.add_marker("programs")
    is_quick, share, part = map(config.getoption, ("quick", "share", "part"))
    quick = quick_ones(items)
    chosen, left_out = [], []
    for item in items:
        if item not in quick and not item.get_closest_marker("corpus"):
            item.add_marker("corpus")
        is_chosen = item in quick if is_quick else is_in_share(item, share, part)
        (chosen if is_chosen else left_out).append(item)
    items[:] = chosen
    config.hook.pytest_deselected(items=left_out)


def quick_ones(items):
    """Return the tests that `make test` runs, always the same: of a corpus a share, of the grader's one case.

    Of those that are marked as quick it is every case.
    """
    quick, seen = set(), set()
    for item in sorted(items, key=number_of):
        corpus, test = item.get_closest_marker("corpus"), item.nodeid.partition("[")[0]
        one_in = corpus.kwargs.get("one_in") if corpus else 1
        is_thinned = test.startswith("tests/grader/") and not item.get_closest_marker("quick")
        if one_in and number_of(item) % one_in == 0 and not (is_thinned and test in seen):
            seen.add(test)
            quick.add(item)
    return quick


def is_in_share(item, share, part):
    """Whether a test is to be run where of those in a whole corpus only one in so many is."""
    corpus = item.get_closest_marker("corpus")
    is_whole = not (corpus and corpus.kwargs.get("one_in")) or corpus.kwargs.get("whole", False)
    return is_whole or number_of(item) % share == part % share


def number_of(item):
    """A number by which a share of the tests is chosen, the same in every run."""
    return zlib.crc32(item.nodeid.encode())


def pytest_terminal_summary(terminalreporter):
    """Print the slowest files."""
    seconds = Counter()
    for report in (each for several in terminalreporter.stats.values() for each in several):
        if hasattr(report, "duration"):
            seconds[report.nodeid.partition("::")[0]] += report.duration
    terminalreporter.section("slowest files")
    for path, total in seconds.most_common(8):
        terminalreporter.write_line(f"{total:7.1f} s  {path}")
