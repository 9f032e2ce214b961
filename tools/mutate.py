"""Mutation-test the criteria: change the plainest right answer of each name in every small way; each must be noticed.

The changes are those of cosmic-ray's operators (another operator, another number, `not`, a loop that doesn't run) and
three that NumPy code needs beside them (a statement, a keyword argument or a `.T` left out), without its runner: a
mutant lives in memory and is examined as in a learner's kernel, on the inputs that learners see and on hidden ones.
What survives is printed. Exits with 1 if a survivor isn't in tools/equivalent.txt, which gives for each change that
changes nothing its reason, or if that file explains what no longer survives.

usage: mutate.py [--names MyRNN ...] [--processes 2]
"""

import argparse
import ast
import difflib
import multiprocessing
import os
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from corpora import CORPORA  # noqa: E402

from rnnlm_grader.content import ASSIGNMENTS  # noqa: E402
from rnnlm_grader.engine.exam import examine, hidden_seed, public_seed  # noqa: E402
from rnnlm_grader.protocol.bench import load_cells  # noqa: E402
from rnnlm_grader.protocol.candidate import KernelCandidate  # noqa: E402

EXPLAINED = ROOT / "tools" / "equivalent.txt"
KEYS = (b"one" * 11, b"two" * 11)  # of the hidden draws
SECONDS = 10  # for one mutant; a right answer takes less than one
MEMORY = 4 * 2**30  # an exponent may ask for any amount


@dataclass(frozen=True)
class Mutant:
    """One small change of the plainest right answer of a name."""

    slug: str
    name: str
    source: str
    change: str  # the lines that differ, before → after, each without its indentation


def mutants_of(slug, name, source):
    """Return every mutant, each once, however many operators make it."""
    found = {}
    nodes = list(ast_nodes(get_ast(source)))
    for operator_name in operator_names():
        kind = get_operator(operator_name)
        if kind.arguments():  # those replace a variable that has to be named
            continue
        positions = sum(len(list(kind().mutation_positions(node))) for node in nodes)
        for occurrence in range(positions):
            mutated = mutate_code(source, kind(), occurrence)
            if mutated not in (None, source):
                found.setdefault(mutated, Mutant(slug, name, mutated, change_of(source, mutated)))
    plain = ast.unparse(ast.parse(source))
    for mutated in without_something(plain):
        found.setdefault(mutated, Mutant(slug, name, mutated, change_of(plain, mutated)))
    return list(found.values())


def without_something(source):
    """Yield the source without one of its statements, keyword arguments or `.T`."""
    for place, node in enumerate(ast.walk(ast.parse(source))):
        leavable = [
            ("body", i)
            for i in range(len(getattr(node, "body", ())))
            if not isinstance(node, ast.Module | ast.Lambda | ast.IfExp)
        ]
        leavable += [("keywords", i) for i in range(len(node.keywords))] if isinstance(node, ast.Call) else []
        leavable += [
            (field, None)
            for field, value in ast.iter_fields(node)
            if isinstance(value, ast.Attribute) and value.attr == "T"
        ]
        leavable += (
            [("args", i) for i, arg in enumerate(node.args) if isinstance(arg, ast.Attribute) and arg.attr == "T"]
            if isinstance(node, ast.Call)
            else []
        )
        for field, i in leavable:
            tree = ast.parse(source)
            leave_out(list(ast.walk(tree))[place], field, i)
            yield ast.unparse(tree)


def leave_out(node, field, i):
    """Leave out a child of a node: a `.T` leaves its array, a statement leaves `pass`."""
    children = getattr(node, field)
    if i is None:
        setattr(node, field, children.value)
    elif field == "args":
        children[i] = children[i].value
    elif field == "body":
        children[i] = ast.Pass()
    else:
        del children[i]


def change_of(before, after):
    """The lines that differ: `old → new`."""
    lines = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]
    old, new = (" / ".join(line[2:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return f"{old} → {new}"


def noticed(mutant):
    """Whether a criterion of its name fails, or the code can't be loaded or doesn't end."""
    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS, 1)  # again each second: the bench takes it for the code's own failure
    try:
        return is_rejected(mutant)
    except (TimeoutError, MemoryError):
        return True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def stop(*_):
    raise TimeoutError


def is_rejected(mutant):
    assignment = ASSIGNMENTS[mutant.slug]
    plain = plainest(mutant.slug) | {mutant.name: mutant.source}
    names = {}
    if load_cells([("imports", "import numpy as np"), *plain.items()], names):
        return True
    candidate = KernelCandidate(**{name: names[name] for name in assignment.names})
    draws = (
        (criterion, seed)
        for criterion in assignment.criteria
        if criterion.name == mutant.name
        for seed in (public_seed(criterion), *(hidden_seed(key, mutant.slug, criterion) for key in KEYS))
    )
    return not all(examine(criterion, candidate, seed).passed for criterion, seed in draws)


def plainest(slug):
    """The plainest right answer of each name of an assignment."""
    corpus = next(corpus for corpus in CORPORA if slug == corpus.SLUG)
    return {name: next(iter(styles.values())) for name, styles in corpus.RIGHT.items()}


def read_explained():
    """Return {(name, change): reason}: of each paragraph, the first line is the name, the second the change."""
    paragraphs = EXPLAINED.read_text().split("\n\n") if EXPLAINED.exists() else []
    entries = [paragraph.strip().splitlines() for paragraph in paragraphs if not paragraph.startswith("#")]
    return {(name, change.strip()): reason.strip() for name, change, reason in entries}


def limit_memory():
    """Let a mutant fail that asks for too much memory, and discard what NumPy warns of while it runs."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - open as long as the process lives


def examined(pool, mutants):
    """Yield (mutant, noticed), and show how far it is."""
    for done, result in enumerate(pool.imap(noticed, mutants, chunksize=4), 1):
        if sys.stderr.isatty():
            print(f"\r{done} of {len(mutants)}", end="\r", file=sys.stderr, flush=True)
        yield mutants[done - 1], result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", nargs="*", help="such as MyRNN; all, if left out")
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    explained = read_explained()
    unexplained, used = 0, set()
    print(f"{'assignment':20} {'name':24} mutants noticed explained unexplained")
    with multiprocessing.Pool(options.processes, limit_memory) as pool:
        for slug in ASSIGNMENTS:
            for name, source in plainest(slug).items():
                if options.names and name not in options.names:
                    continue
                if pool.apply(noticed, [Mutant(slug, name, source, "none")]):
                    sys.exit(f"{name}: the right answer itself is rejected")
                mutants = mutants_of(slug, name, source)
                survivors = [mutant for mutant, seen in examined(pool, mutants) if not seen]
                known = [mutant for mutant in survivors if (name, mutant.change) in explained]
                used |= {(name, mutant.change) for mutant in known}
                print(
                    f"{slug:20} {name:24} {len(mutants):7} {len(mutants) - len(survivors):7} {len(known):9} "
                    f"{len(survivors) - len(known):11}",
                    flush=True,
                )
                for mutant in survivors:
                    if mutant not in known:
                        print(f"    {mutant.change}", flush=True)
                unexplained += len(survivors) - len(known)
    stale = [key for key in explained if key not in used and (not options.names or key[0] in options.names)]
    for name, change in stale:
        print(f"explained, but it doesn't survive: {name}: {change}")
    sys.exit(bool(unexplained or stale))


if __name__ == "__main__":
    main()
