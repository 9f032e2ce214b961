"""Examines the answers of a submission by all criteria, and gathers the marks."""
import itertools
import math
import threading
from collections import defaultdict
from dataclasses import dataclass, replace

from .exam import UNDEFINED, Assignment, Criterion, LastLook, Outcome, examine
from .explaining.mistakes import explain_all, prove
from .misconceptions import Misconception
from .notebooks.cell_code import (
    defined_names,
    definitions_in,
    first_that_defines_anew,
    helpers_in,
    parsed,
    tree_of,
    without_changes_of,
)
from .sandbox.bench import Raised
from .sandbox.candidate import OWN, SET_UP, TIMED_OUT, Lost
from .spec.compare import Difference, Unsupported, same
from .spec.play import play_all

ONLY_WITHOUT = Difference("This", "holds with your own earlier answer, but not with a right one in its place, with "
                          "which more of yours holds")
ONLY_WITH_LATER = Difference("This", "holds with all of your cells, but not without those after the answer, which "
                             "define anew what it uses, so that without them more of it holds")
ONLY_IN_PART = Difference("This", "holds with what counts of your own cells, but not with all that they do, with which "
                          "more of it holds")
ONLY_FAILING = Difference("This", "holds as it was handed in, but not where a method that fails does nothing, with "
                          "which more of it holds")
CHANGED = Difference("This", "isn't what it was")
SLOW = 5  # seconds; of cells that take longer only the definitions are executed in another way, and not if these do too
DIAGNOSIS = threading.Lock()  # the library's variants run in this process, which has but one sys.stdout


@dataclass(frozen=True)
class Verdict:
    """What one criterion says about one answer."""

    criterion: Criterion
    outcome: Outcome
    hidden: bool  # whether the inputs of the outcome are hidden from the learner
    likely: Misconception | None
    stand_ins: tuple = ()  # earlier names, wrong in this submission, that a right answer stood in for

    @property
    def points(self):
        return self.criterion.points if self.outcome.passed else 0


@dataclass(frozen=True)
class PartResult:
    """The verdicts of one grade cell."""

    assignment: Assignment
    name: str
    part: str
    verdicts: tuple

    @property
    def points(self):
        return sum(verdict.points for verdict in self.verdicts)

    @property
    def max_points(self):
        return sum(verdict.criterion.points for verdict in self.verdicts)

    @property
    def passed(self):
        return all(verdict.outcome.passed for verdict in self.verdicts)


class Allowance:
    """How many seconds a criterion may take, and how many all criteria of one name.

    After one that did not come to an end, another of its name may take an eighth of what is left: so what holds is seen
    to hold, though many more may not end.
    """

    def __init__(self, per_criterion, per_name=math.inf):
        self.per_criterion = per_criterion
        self.left = defaultdict(lambda: per_name)
        self.share = defaultdict(lambda: 1)

    def examine(self, criterion, candidate, seed):
        """Run one criterion within what is left for its name; see `exam.examine`."""
        name = criterion.account
        outcome = examine(criterion, candidate, seed, min(self.per_criterion, self.left[name] * self.share[name]))
        self.left[name] -= candidate.used
        if isinstance(outcome.finding, Lost) and outcome.finding.reason == TIMED_OUT:
            self.share[name] = 1 / 8
        return outcome


@dataclass(frozen=True)
class Draw:
    """One draw of inputs, and its outcome."""

    seed: int
    hidden: bool
    outcome: Outcome
    of_last_look: bool = False


def examine_all(criteria, candidate, seeds, allowance):
    """Examine by criteria, each on its draws of inputs until it fails; return {criterion: list of Draw}.

    `seeds` tells of a criterion the draws on which it must pass, in order: a list of (seed, whether it is hidden). All
    criteria on their first draw, then on their second. The hidden ones come last: so an answer that keeps what it
    was given can't tell of it in a message about the learner's inputs, which the report shows.
    """
    draws = {criterion: [] for criterion in criteria}
    for row in itertools.zip_longest(*map(seeds, criteria)):
        for criterion, draw in zip(criteria, row, strict=True):
            if draw and holds(draws[criterion]):
                seed, hidden = draw
                draws[criterion].append(Draw(seed, hidden, allowance.examine(criterion, candidate, seed)))
    return draws


def holds(done):
    """Whether nothing was wrong in any of these draws of inputs."""
    return all(draw.outcome.passed for draw in done)


def look_once_more(assignment, names, draws, candidate, seeds, allowance):
    """Take the last look at those names of which every criterion passed; add what goes wrong to the draws of one.

    So a mistake that no criterion is about costs a point too, and none costs more than its own.
    """
    for look in assignment.criteria.last_looks:
        criteria = {criterion.id: criterion for criterion in assignment.criteria if criterion.name == look.name}
        for seed, hidden in seeds(look) if look.name in names else ():
            if all(holds(draws[criterion]) for criterion in criteria.values()):
                outcome = allowance.examine(look, candidate, seed)
                draws[criteria[outcome.against or look.against]].append(Draw(seed, hidden, outcome, of_last_look=True))


def settle_charges(names, draws):
    """Let each criterion pay for what is charged to it, though it may have held in its own examination.

    Only code that knows where it is can be wrong in another one and right there.
    """
    by_id = {(criterion.name, criterion.id): criterion for criterion in draws}
    for name in names:
        charged = [(draw, outcome) for criterion, done in draws.items() if criterion.name == name
                   for draw in done for outcome in draw.outcome.charged]
        for draw, outcome in charged:
            payer = by_id.get((name, outcome.against))
            if payer and holds(draws[payer]):
                draws[payer].append(replace(draw, outcome=outcome))


def judge(assignment, name, part, draws):
    """Reach the verdicts of one part; `draws` holds, at least for its criteria, all draws of inputs."""
    lasts = {criterion: draws[criterion][-1] for criterion in assignment.of(name, part)}
    return PartResult(assignment, name, part, tuple(
        Verdict(criterion, last.outcome, last.hidden, likely_of(last.outcome)) for criterion, last in lasts.items()))


def likely_of(outcome):
    """The misconception that explains a failure, or None."""
    return next(iter(outcome.mistake.likely), None) if outcome.mistake else None


def grade_submission(assignment, candidate, cells, answers, seeds, allowance, whole=()):
    """Examine all parts of a submission; a mistake costs its own points and no others.

    Where an answer fails and an earlier answer of the same submission, which it may build on, is wrong too, it is
    examined once more with the instructor's answer in place of the earlier one, and the better result counts. An
    earlier answer that earned nothing, and in which no known mistake is seen, is no work to build on, and nothing
    stands in for it. Where an answer fails and a cell after it defines anew what was defined, it is examined without
    those cells, as a notebook's checks do it. Where it may lack something, and not all of the student's own cells
    counted, it is examined with all of them.

    Parameters
    ----------
    candidate : SandboxedCandidate
    cells : sequence of (name, source)
        The submission, in the order in which it is executed. The cells of an answer bear its name.
    answers : dict
        The instructor's source for each name.
    seeds, allowance
        As in `examine_all`.
    whole : sequence of (name, source)
        The cells with all that the student's own do, where what counts of them isn't all; else empty.

    Returns
    -------
    (list of PartResult, dict of what went wrong in each cell that failed)
    """
    draws, failed = examine_submission(assignment, candidate, cells, seeds, allowance)
    with DIAGNOSIS:
        draws = prove(assignment.misconceptions, draws)
    results = first = withhold(judge(assignment, name, part, draws) for name, part in assignment.parts())
    forms = {False: [tuple, definitions_alone], True: [tuple]}  # is_whole → what to execute, until it's slow
    if candidate.loading >= SLOW:
        forms[False].pop(0)
    for name in assignment.names:
        for other_cells, is_whole, stand_ins, finding in other_ways(name, cells, whole, answers, first):
            if is_wrong(name, results) and (left := forms[is_whole]):
                candidate.load(left[0](other_cells), assignment.lent.get(name, ()))
                better = iter(better_of_two(assignment, [result for result in results if result.name == name],
                                            candidate, seeds, allowance, finding, stand_ins))
                results = [next(better) if result.name == name else result for result in results]
                if candidate.loading >= SLOW:
                    left.pop(0)
    return results, failed


def other_ways(name, cells, whole, answers, results):
    """Yield (cells, is_whole, stand-ins, what to say of that which holds only as handed in) of each way to execute.

    For an answer may be right until a later cell defines its helper anew; it may need what didn't count of the
    student's own cells; a small method may fail, or not be there, that others call; and it may build on an earlier
    answer that is wrong. `results` are those of what counts of all cells as they were handed in.
    """
    end = first_change_after(name, cells) if is_wrong(name, results) else None
    ways = [(cells, False, None)]
    if end:
        ways.append((cells[:end], False, ONLY_WITH_LATER))
    if whole and may_lack_something(name, results):
        ways.append((whole, True, ONLY_IN_PART))
    failing = methods_that_fail(name, results)
    for methods in filter(None, dict.fromkeys((*zip(failing), failing))):  # each alone, then all
        idle = "\n".join(f"{name}.{method} = lambda self, *args: None" for method in methods)
        ways.append(((*cells, (f"{OWN} beside {name}", idle)), False, ONLY_FAILING))
    for part, is_whole, finding in ways[1:]:
        yield part, is_whole, (), finding
    if earlier := stand_ins_for(name, results):
        for part, is_whole, _ in ways:
            yield tuple(with_stand_ins(part, answers, earlier)), is_whole, earlier, ONLY_WITHOUT


def methods_that_fail(name, results):
    """The small methods of an answer that raised something where they were examined, or were missing."""
    return tuple(dict.fromkeys(
        method for result in results if result.name == name for verdict in result.verdicts
        if isinstance(verdict.outcome.finding, Raised) for method in verdict.criterion.methods))


def may_lack_something(name, results):
    """Whether an answer failed as it may where something isn't there, or not all that should be in it.

    It may, unless it isn't filled in or what failed ended the process or its time.
    """
    findings = [verdict.outcome.finding for result in results if result.name == name for verdict in result.verdicts]
    return any((isinstance(finding, Raised) and not finding.is_unfinished) or finding == Lost(UNDEFINED.format(name))
               or (isinstance(finding, Difference) and not isinstance(finding, Unsupported)) for finding in findings)


def first_change_after(name, cells):
    """Where the first cell after an answer stands that may change it; None if there is none."""
    own = [at for at, (cell, _) in enumerate(cells) if cell == name]
    places = own or [at for at, (_, source) in enumerate(cells) if name in defined_names(parsed(source))]
    return first_that_defines_anew([source for _, source in cells], max(places, default=len(cells)) + 1)


def with_stand_ins(cells, answers, earlier):
    """Yield the cells with a right answer in place of some, wherever these are defined or changed.

    Of the cell of such an answer, what it defines besides, and runs nothing, stays; of any other, all else.
    """
    left = list(earlier)
    for cell, source in cells:
        defined = defined_names(tree_of(source)) if any(name in source for name in left) else ()
        here = [name for name in left if name == cell or name in defined]
        yield from ((name, answers[name]) for name in here)
        left = [name for name in left if name not in here]
        if cell in earlier:
            yield f"{OWN} beside {cell}", helpers_in(source, set(earlier))
        else:
            yield cell, without_changes_of(source, set(earlier))


def definitions_alone(cells):
    """Yield of each of the student's cells only what defines, which takes no time."""
    for cell, source in cells:
        yield cell, source if cell.startswith(SET_UP) else definitions_in(source)


def is_wrong(name, results):
    """Whether anything of an answer isn't right."""
    return not all(result.passed for result in results if result.name == name)


def examine_submission(assignment, candidate, cells, seeds, allowance):
    """Examine by all criteria of an assignment; return ({criterion: list of Draw}, what went wrong in which cell).

    Answers that are lent other modules are examined in another worker. Hidden inputs come after the learner's, in all
    of them, and of a worker that may know of any no word is shown: what its code saw reaches the next one in spite of
    the sandbox, if only by how long it takes to read a file.
    """
    by_loans = defaultdict(list)
    for name in assignment.names:
        by_loans[assignment.lent.get(name, ())].append(name)
    draws = {criterion: [] for name, part in assignment.parts() for criterion in assignment.of(name, part)}
    problems = {}  # loans → what went wrong in which cell
    for hidden, groups in (False, [*by_loans]), (True, [*by_loans][::-1]):  # the last worker goes on
        for lent in groups:
            names = by_loans[lent]
            left = [criterion for criterion, done in draws.items()
                    if criterion.name in names and holds(done)]
            if not hidden or lent != groups[0]:
                candidate.load(cells, lent)
            for criterion, more in examine_all(left, candidate, only(seeds, hidden), allowance).items():
                draws[criterion] += more
            settle_charges(names, draws)  # at once: what a charge is about is played again, to be explained
            if hidden:
                # The learner's own look is for `check`: a submission gets one of which nobody knows.
                look_once_more(assignment, names, draws, candidate, only(seeds, hidden), allowance)
            else:
                problems[lent] = candidate.failed
            with DIAGNOSIS:
                draws |= explain_all(assignment, {criterion: draws[criterion] for criterion in left}, candidate)
    # A cell may have missed what is lent to others: of a wrong answer its own worker tells, of any other cell all do.
    wrong = {criterion.name for criterion, done in draws.items() if not holds(done)}
    return draws, {cell: problem for lent, failed in problems.items() for cell, problem in failed.items()
                   if (cell in by_loans[lent] if cell in wrong else all(
                       cell in others for others in problems.values()))}


def only(seeds, hidden):
    """Those draws alone that are hidden, or that aren't."""
    return lambda criterion: [(seed, is_hidden) for seed, is_hidden in seeds(criterion) if is_hidden is hidden]


def withhold(results, supported=()):
    """Take back what criteria gave that compare an answer with itself, where the part beside them isn't understood.

    Else half of the points would go to whatever does the same each time, be it nonsense. `supported` are the (name,
    part) that are known to be understood: see `is_understood`. Returns a list.
    """
    results = list(results)
    supported = {(result.name, result.part) for result in results if is_understood(result)}.union(supported)

    def supported_only(result, verdict):
        beside, outcome = verdict.criterion.beside, verdict.outcome
        is_proven = outcome.is_proven or (beside == result.part and not outcome.is_let_go)
        if is_proven or (result.name, beside) in supported or not outcome.passed:
            return verdict
        unfinished = (each.finding for each in outcome.charged if getattr(each.finding, "is_unfinished", False))
        reason = Unsupported("This", f"counts only where something of {beside} is right", part=beside)
        return Verdict(verdict.criterion, Outcome(next(unfinished, reason)), False, None)

    return [replace(result, verdicts=tuple(supported_only(result, verdict) for verdict in result.verdicts))
            for result in results]


def is_understood(result):
    """Whether anything of a part is right. What is let go shows nothing itself, unless a named mistake proves it."""
    return any((v.outcome.passed and not v.outcome.is_let_go) or v.outcome.is_proven for v in result.verdicts)


def stand_ins_for(name, results):
    """The earlier names, wrong but not unknown, that a right answer is to stand in for; none if `name` is right."""
    wrong = dict.fromkeys(result.name for result in results if not result.passed)
    known = {result.name for result in results if any(
        (v.outcome.passed and not v.outcome.is_let_go) or v.likely for v in result.verdicts)}
    earlier = itertools.takewhile(lambda other: other != name, wrong)
    return tuple(other for other in earlier if other in known) if name in wrong else ()


def does_the_same(verdicts, candidate, allowance):
    """Whether a candidate does in each case that failed what was seen of it then; False where nothing was seen."""
    plays = [verdict.outcome.play for verdict in verdicts]

    def examine(exam):
        again = play_all(exam.candidate, [play.case for play in plays])
        if not all(map(is_alike, plays, again)):
            exam.failure = Outcome(CHANGED)
    return bool(plays) and all(plays) and allowance.examine(
        LastLook(verdicts[0].criterion.name, examine, ""), candidate, 0).passed


def is_alike(one, other):
    """Whether the same was seen in two plays of a case."""
    return same(one.raised, other.raised) and one.seen.keys() == other.seen.keys() and all(
        same(value, other.seen[key]) for key, value in one.seen.items())


def better_of_two(assignment, results, candidate, seeds, allowance, finding, stand_ins=()):
    """Examine an answer once more, now among other cells; return the better of its two results, each as a whole.

    The best of both criterion by criterion would be two tries, for code can tell in which of the two examinations it
    is. What failed comes first: where none of it passes now, nothing else can be better. Nor can it where the answer
    does the same as before in each case that failed, which is soon seen.
    """
    verdicts = [verdict for result in results for verdict in result.verdicts]
    if does_the_same([verdict for verdict in verdicts if not verdict.outcome.passed
                      and not isinstance(verdict.outcome.finding, Unsupported)], candidate, allowance):
        return results
    passed, failed = ([v.criterion for v in verdicts if v.outcome.passed is was] for was in (True, False))
    draws = examine_all(failed, candidate, seeds, allowance)
    if not any(draws[criterion][-1].outcome.passed for criterion in failed):
        return results
    draws |= examine_all(passed, candidate, seeds, allowance)
    names = {result.name for result in results}
    settle_charges(names, draws)
    look_once_more(assignment, names, draws, candidate, only(seeds, True), allowance)

    def now(verdict):
        *_, last = draws[verdict.criterion]
        if last.outcome.passed is verdict.outcome.passed and not last.outcome.is_let_go:
            return verdict
        if last.outcome.passed or last.of_last_look:
            return Verdict(verdict.criterion, last.outcome, last.hidden, None, stand_ins)
        return Verdict(verdict.criterion, Outcome(finding), False, None, stand_ins)

    others = withhold(replace(result, verdicts=tuple(map(now, result.verdicts))) for result in results)
    return max(results, others, key=lambda way: sum(result.points for result in way))  # the first, if both are equal
