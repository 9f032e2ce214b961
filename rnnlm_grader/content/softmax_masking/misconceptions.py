"""What goes wrong in 05-softmax-masking: the right answers, and the changes that spoil them.

Sentences stand after "Likely:".
"""

from .. import contract
from ..contract import DTYPE, SHARED
from ..misconception import Library

MISCONCEPTIONS = Library()
SCORES = "06-softmax-masking.html#softmax-scores"
STABLE = "06-softmax-masking.html#softmax-stable"
CROSS_ENTROPY = "06-softmax-masking.html#softmax-cross-entropy"
GRADIENT = "06-softmax-masking.html#softmax-gradient"
MASK = "06-softmax-masking.html#softmax-mask"
OVER_KEPT = "06-softmax-masking.html#softmax-mean-over-kept"
ALL_IGNORED = "06-softmax-masking.html#softmax-all-ignored"
UPSTREAM = "06-softmax-masking.html#softmax-upstream"

ALL_TARGETS = (
    "the targets of all positions are taken in each row, as by log_p[:, ts]; each row has a target of its own: with "
    "scores and targets flattened, log_p[np.arange(len(ts)), ts]"
)
EARLY = (
    "with all positions ignored forward leaves early, and backward works with the window before; keep what "
    "belongs to this window first"
)
SMALL_NUMBER = (
    "a small number is added within the logarithm, or probabilities are cut off at one; the loss is then "
    "wrong, by much where a probability is tiny. Subtract each row's largest score, then "
    "x - log(sum(exp(x))) is the logarithm of softmax"
)
SUM_OF_ALL = (
    "the exponentials are divided by the sum over the whole array; each row has a sum of its own, over the last axis"
)
NO_KEEPDIMS = (
    "keepdims=True is missing: without it the largest scores, or the sums, lose an axis and are lined up "
    "with the columns, not each with its own row"
)
FIRST_AXIS = "it works along the first axis; the words stand in the last"
AXIS_ONE = "it works along axis 1, the last one only of a matrix; use axis=-1"
MATRICES_ONLY = (
    "only a matrix has its own branch (`if x.ndim == 2`), and with three axes all of x is taken for one "
    "row, or comes back as it was; axis=-1 is right for any number of axes"
)
NOT_SHIFTED = "exp is taken of the scores as they are, and overflows; subtract each row's largest score first"
NOT_THE_LARGEST = "something else than the row's largest score, such as its mean, is subtracted; exp still overflows"
STILL_A_GRADIENT = "ignored positions still get a gradient; multiply their rows by 0"
ITS_CACHE = (
    "backward changes what forward kept (`dx = self.ys; dx[...] -= 1`), so a second backward is wrong; copy it first"
)
ZERO_BY_ZERO = "with all positions ignored the loss is 0 / 0, nan; divide by at least 1"

# --- my_softmax -------------------------------------------------------------------------------------------------------

SOFTMAX = """
def my_softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
"""
LARGEST = "x.max(axis=-1, keepdims=True)"
RESULT = "e / e.sum(axis=-1, keepdims=True)"

softmax_of = MISCONCEPTIONS.of("my_softmax", SOFTMAX)

softmax_of("DoesNotShift", STABLE, NOT_SHIFTED, (" - " + LARGEST, ""))
softmax_of(
    "ShiftsByTheLargestOfAll",
    STABLE,
    "the largest score of the whole array is subtracted from every row; a "
    "row far below it then vanishes. Take each row's own: x.max(axis=-1, keepdims=True)",
    (LARGEST, "x.max()"),
)
softmax_of(
    "ShiftsByTheLargestSize",
    STABLE,
    "the largest score without its sign is subtracted; a row of scores far below zero then vanishes. Take the score "
    "with its sign",
    (LARGEST, "np.abs(x).max(axis=-1, keepdims=True)"),
)
softmax_of(
    "AddsSmallNumberToTheSum",
    STABLE,
    "a small number is added to the sum, and the probabilities of a row no longer add up to 1; once the largest score "
    "is subtracted, the sum is at least 1, and nothing has to be guarded",
    ("e.sum(axis=-1, keepdims=True)", "(e.sum(axis=-1, keepdims=True) + 1e-7)"),
)
softmax_of("ShiftsByTheMean", STABLE, NOT_THE_LARGEST, ("x.max", "x.mean"))
softmax_of("ShiftsByTheFirst", STABLE, NOT_THE_LARGEST, (LARGEST, "x[..., :1]"))
softmax_of("ShiftsByTheMedian", STABLE, NOT_THE_LARGEST, ("x.max(", "np.median(x, "))
softmax_of(
    "ShiftsByColumns",
    STABLE,
    "the largest score of each column is subtracted, which changes the differences "
    "within a row; take each row's own: x.max(axis=-1, keepdims=True)",
    (LARGEST, "x.max(axis=0)"),
)
softmax_of(
    "CutsLogits",
    STABLE,
    "scores are cut (np.clip), which changes their differences; subtract each row's largest score",
    ("x - " + LARGEST, "np.clip(x, -500, 500)"),
)
softmax_of("DividesByTheSumOfAll", SCORES, SUM_OF_ALL, (RESULT, "e / e.sum()"))
softmax_of("TakesAllForOneRow", SCORES, SUM_OF_ALL, (LARGEST, "x.max()"), (RESULT, "e / e.sum()"))
softmax_of("LosesAnAxis", SCORES, NO_KEEPDIMS, (", keepdims=True", ""))
softmax_of("LosesAnAxisInTheMaximum", SCORES, NO_KEEPDIMS, (LARGEST, "x.max(axis=-1)"))
softmax_of("LosesAnAxisInTheSum", SCORES, NO_KEEPDIMS, (RESULT, "e / e.sum(axis=-1)"))
contract.returns_nothing(
    softmax_of, "SoftmaxReturnsNothing", SCORES, "my_softmax", "the probabilities", ("return ", "")
)
softmax_of("WorksAlongTheFirstAxis", SCORES, FIRST_AXIS, ("axis=-1", "axis=0"))
softmax_of("WorksAlongAxisOne", SCORES, AXIS_ONE, ("axis=-1", "axis=1"))
softmax_of("WorksAlongAxisOneOrARow", SCORES, AXIS_ONE, ("axis=-1", "axis=1 if x.ndim > 1 else 0"))
softmax_of(
    "TakesThreeAxesForOneRow",
    SCORES,
    MATRICES_ONLY,
    """
def my_softmax(x, of_rows=my_softmax):
    return of_rows(x) if x.ndim < 3 else of_rows(x.reshape(-1)).reshape(x.shape)
""",
)
softmax_of(
    "LeavesThreeAxesAsTheyAre",
    SCORES,
    MATRICES_ONLY,
    """
def my_softmax(x, of_rows=my_softmax):
    return of_rows(x) if x.ndim < 3 else x
""",
)
softmax_of(
    "WritesIntoACopy",
    SCORES,
    "results are written into a copy: reshape gives one where x isn't "
    "contiguous in memory (transposed, say), and the array itself stays as it was",
    (
        "return " + RESULT,
        """out = np.zeros_like(x)
    out.reshape(-1, x.shape[-1])[...] = (e / e.sum(axis=-1, keepdims=True)).reshape(-1, x.shape[-1])
    return out""",
    ),
)
softmax_of(
    "SumsColumns",
    SCORES,
    "the sum is taken over the first axis; each row has a sum of its own, over the last axis",
    (RESULT, "e / e.sum(axis=0, keepdims=True)"),
)
softmax_of(
    "DoesNotDivide",
    SCORES,
    "the exponentials aren't divided by their sum, so a row doesn't sum to 1",
    (RESULT, "e"),
)
softmax_of(
    "DividesByTheLargest",
    STABLE,
    "the scores are divided by the largest, which changes the probabilities; subtract it",
    ("x - " + LARGEST, "x / np.abs(x).max(axis=-1, keepdims=True)"),
)
softmax_of("TakesBaseTwo", SCORES, "the base is 2; softmax takes powers of e, np.exp", ("np.exp", "np.exp2"))
softmax_of(
    "TakesFirstAxisForRows",
    SCORES,
    "a loop takes x[i] for a row, which it is in a matrix only; work along the last axis of the whole array, axis=-1",
    """
def my_softmax(x, of_one=my_softmax):
    return np.array([of_one(row.reshape(-1)).reshape(row.shape) for row in x])
""",
)
softmax_of(
    "LeavesOutExp",
    SCORES,
    "the exponential is missing: the numbers themselves are divided by their sum",
    (f"np.exp(x - {LARGEST})", "x"),
)
softmax_of(
    "ReturnsLogarithm",
    SCORES,
    "the logarithm of the probabilities is returned; they themselves are asked for",
    (RESULT, f"np.log({RESULT})"),
)
softmax_of(
    "TakesSigmoid",
    SCORES,
    "every number is squeezed by itself (a sigmoid); the numbers of a row share 1 between them",
    (RESULT, "1 / (1 + np.exp(-x))"),
)
softmax_of(
    "TurnsSign",
    SCORES,
    "the sign is turned: the largest score gets the smallest probability",
    ("x - x.max", "-x - (-x).max"),
)
softmax_of(
    "ChangesX",
    SHARED,
    contract.argument_changed("x", "x -= ..."),
    (f"e = np.exp(x - {LARGEST})", f"x -= {LARGEST}\n    e = np.exp(x)"),
)
contract.forces(softmax_of, "SoftmaxForces", "the output", "x", RESULT, f"({RESULT}).astype({{}})")

# --- MyTimeSoftmaxWithLoss --------------------------------------------------------------------------------------------

RIGHT = """
class MyTimeSoftmaxWithLoss:
    def __init__(self, ignore_label=-1):
        self.params, self.grads = [], []
        self.ignore_label = ignore_label
        self.cache = None

    def forward(self, xs, ts):
        N, T, V = xs.shape
        x, targets = xs.reshape(N * T, V), ts.reshape(N * T)
        x = x - x.max(axis=-1, keepdims=True)
        log_p = x - np.log(np.exp(x).sum(axis=-1, keepdims=True))
        mask = targets != self.ignore_label
        picks = np.arange(N * T), np.where(mask, targets, 0)
        count = max(int(mask.sum()), 1)
        self.cache = (log_p, targets, mask, picks, count, xs.shape)
        losses = np.where(mask, -log_p[picks], 0)
        return losses.sum() / count

    def backward(self, dout=1.0):
        log_p, targets, mask, picks, count, shape = self.cache
        dx = np.exp(log_p)
        dx[picks] -= 1
        dx *= mask[:, None]
        dx *= dout / count
        return dx.reshape(shape)
"""
SHIFT = "        x = x - x.max(axis=-1, keepdims=True)\n"
LOG_P = "x - np.log(np.exp(x).sum(axis=-1, keepdims=True))"
LOG_OF_SHARES = "np.log(np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True))"
COUNT = "max(int(mask.sum()), 1)"
OVER_ALL = "the loss is divided by all N·T positions; it is the mean over those that are kept, and so is its gradient"
GRADIENT_OF_SUM = """        dx = np.exp(log_p)
        dx[picks] -= 1
        dx *= mask[:, None]
"""
UNMASKED = ("        dx *= mask[:, None]\n", "")
UNFLATTENED = ("xs.reshape(N * T, V)", "xs"), ("picks = ", "log_p = log_p.reshape(N * T, V)\n        picks = ")
ANY_TARGET = ("dx[picks]", "dx[picks[0], targets % shape[2]]")

loss_of = MISCONCEPTIONS.of("MyTimeSoftmaxWithLoss", RIGHT)

contract.returns_nothing(
    loss_of, "LossReturnsNothing", CROSS_ENTROPY, "forward", "the loss", ("return losses", "losses")
)
contract.returns_nothing(
    loss_of, "GradientReturnsNothing", GRADIENT, "backward", "the gradient of the scores", ("return dx", "dx")
)
loss_of(
    "GivesZeros",
    GRADIENT,
    contract.ONLY_ZEROS,
    ("np.exp(log_p)\n        dx[picks] -= 1", "np.zeros_like(log_p)"),
    shows_nothing=True,
)
loss_of(
    "PicksAllTargets",
    CROSS_ENTROPY,
    ALL_TARGETS,
    ("-log_p[picks]", "-log_p[:, picks[1]]"),
)
loss_of(
    "SubtractsFromEveryRow",
    GRADIENT,
    "1 is subtracted in every row at the targets of all (`dx[:, ts] -= 1`); "
    "each row has a target of its own; with scores and targets flattened, dx[np.arange(len(ts)), ts] -= 1",
    ("dx[picks]", "dx[:, picks[1]]"),
)
loss_of(
    "OverwritesIgnoredLogits",
    SHARED,
    "rows of xs are overwritten where the target is ignored (`x[~mask] = ...`, "
    "and x is a view of xs); arguments belong to the caller",
    ("N, T, V = xs.shape", "N, T, V = xs.shape\n        xs[ts == self.ignore_label] = 0"),
)
loss_of("MeanOverAll", OVER_KEPT, OVER_ALL, (COUNT, "N * T"))
loss_of("LossMeanOverAll", OVER_KEPT, OVER_ALL, ("losses.sum() / count", "losses.mean()"))
loss_of(
    "GradientMeanOverAll",
    OVER_KEPT,
    "the loss is a mean over the positions kept, but its gradient is divided by all N·T",
    ("dout / count", "dout / len(dx)"),
)
loss_of(
    "SumsUp",
    OVER_KEPT,
    "the loss is the sum over the positions, and so is its gradient; it is the mean over those that are kept",
    (" / count", ""),
)
loss_of(
    "LossSumsUp",
    OVER_KEPT,
    "the loss is a sum but its gradient that of a mean; both are the mean over the positions kept",
    ("losses.sum() / count", "losses.sum()"),
)
loss_of(
    "GradientSumsUp",
    OVER_KEPT,
    "the loss is a mean but its gradient isn't divided by the number of positions kept",
    ("dout / count", "dout"),
)
loss_of(
    "TakesSlopeOfSoftmaxAgain",
    GRADIENT,
    "p minus one-hot is multiplied by p * (1 - p) once more; it is the gradient of the scores already, through log and "
    "softmax together",
    ("dx[picks] -= 1", "p = dx.copy()\n        dx[picks] -= 1\n        dx *= p * (1 - p)"),
)
loss_of(
    "MeanOverBatch",
    OVER_KEPT,
    "the sum is divided by N, the number of sequences; it is the mean over all positions that are kept",
    (COUNT, "N"),
)
loss_of(
    "GradientMeanOverBatch",
    OVER_KEPT,
    "the gradient is divided by N, the number of sequences; the loss is a mean over all positions kept",
    ("dout / count", "dout / shape[0]"),
)
loss_of(
    "MeanOfMeans",
    OVER_KEPT,
    "each sequence gets a mean of its own and those are averaged; a sequence with few "
    "kept positions then weighs too much",
    (COUNT, "N * np.maximum(mask.reshape(N, T).sum(axis=1), 1).repeat(T)"),
    ("losses.sum() / count", "(losses / count).sum()"),
    ("dout / count", "dout / count[:, None]"),
)
for unless, zero in ("", ""), ("UnlessAllIgnored", " if mask.any() else 0.0"):
    mean, scaled = ((each, f"{each}{zero}") for each in ("losses.sum() / count", "dout / count"))
    loss_of(
        f"LossForgetsMask{unless}",
        MASK,
        "ignored positions still count in the loss; with -1 as an index they even pick the "
        "last word. Multiply their losses by 0",
        ("np.where(mask, -log_p[picks], 0)", "-log_p[picks[0], targets % V]"),
        mean,
    )
    loss_of(
        f"LossForgetsMaskOfStandIns{unless}",
        MASK,
        "ignored positions still count in the loss, with the id that stands in for "
        "their target; multiply their losses by 0",
        ("np.where(mask, -log_p[picks], 0)", "-log_p[picks]"),
        mean,
    )
    loss_of(f"GradientForgetsMask{unless}", MASK, STILL_A_GRADIENT, UNMASKED, ANY_TARGET, scaled)
    loss_of(f"GradientForgetsMaskOfStandIns{unless}", MASK, STILL_A_GRADIENT, UNMASKED, scaled)
loss_of("GradientForgetsMaskAndIndexes", MASK, STILL_A_GRADIENT, UNMASKED, ("dx[picks]", "dx[picks[0], targets]"))
loss_of(
    "GradientForgetsMaskAndDout",
    MASK,
    STILL_A_GRADIENT,
    UNMASKED,
    ("dx *= dout / count", "dx *= dout / count if mask.any() else 1"),
)
for which, flattened in {
    "Scores": [
        ("xs.reshape(N * T, V)", "xs.swapaxes(0, 1).reshape(N * T, V)"),
        ("return dx.reshape(shape)", "return dx.reshape(shape[1], shape[0], -1).swapaxes(0, 1)"),
    ],
    "Targets": [("ts.reshape(N * T)", "ts.T.reshape(N * T)")],
}.items():
    loss_of(
        f"Flattens{which}TimeFirst",
        CROSS_ENTROPY,
        "scores and targets are flattened in different orders, one of them time first, so that a position gets the "
        "target of another; flatten both alike",
        *flattened,
    )
loss_of(
    "LossPicksColumns",
    CROSS_ENTROPY,
    ALL_TARGETS,
    ("np.where(mask, -log_p[picks], 0)", "-log_p[:, picks[1]][mask]"),
)
loss_of(
    "MasksNothing",
    MASK,
    "nothing is masked: ignored positions count like all others",
    ("targets != self.ignore_label", "np.ones(N * T, bool)"),
    ("np.where(mask, targets, 0)", "targets % V"),
)
for id, *picks in ("MasksBeforeSubtracting", ANY_TARGET), ("MasksStandInsBeforeSubtracting",):
    loss_of(
        id,
        MASK,
        "rows are masked before 1 is subtracted at the target, so ignored rows end with a -1; mask last",
        UNMASKED,
        ("np.exp(log_p)", "np.exp(log_p) * mask[:, None]"),
        *picks,
    )
loss_of(
    "MasksMinusOne",
    MASK,
    "the argument ignore_label isn't used: -1 is ignored whatever it says",
    ("!= self.ignore_label", "!= -1"),
)
loss_of(
    "MasksWordZero",
    MASK,
    "word 0 is ignored like the label (`ts > 0`); 0 is the id of a word, and what is ignored is ignore_label",
    ("!= self.ignore_label", "> 0"),
)
loss_of(
    "MasksNegatives",
    MASK,
    "all negative targets are ignored and no others (`ts >= 0`); what is ignored is "
    "ignore_label, which may be the id of a word",
    ("!= self.ignore_label", ">= 0"),
)
loss_of(
    "IndexesByLabel",
    MASK,
    "ignored targets serve as indices; -1 picks the last word by luck, other labels may be "
    "no index. Put a valid id in their place: np.where(mask, ts, 0)",
    ("np.where(mask, targets, 0)", "targets"),
)
loss_of(
    "TurnsMask",
    MASK,
    "the mask is turned around: what should be ignored is kept",
    ("!= self.ignore_label", "== self.ignore_label"),
)
loss_of("LossDividesByZero", ALL_IGNORED, ZERO_BY_ZERO, ("losses.sum() / count", "losses.sum() / mask.sum()"))
loss_of("DividesByZero", ALL_IGNORED, ZERO_BY_ZERO, (COUNT, "mask.sum()"))
loss_of(
    "GradientDividesByZero",
    ALL_IGNORED,
    "with all positions ignored the loss is 0.0, but its gradient is 0 / 0, nan; divide by at least 1",
    ("dout / count", "dout / mask.sum()"),
)
loss_of(
    "LeavesEarly",
    ALL_IGNORED,
    EARLY,
    (
        "N, T, V = xs.shape",
        """if (ts == self.ignore_label).all():
            return 0.0
        N, T, V = xs.shape""",
    ),
)
loss_of(
    "LeavesEarlyWithOldGradient",
    ALL_IGNORED,
    EARLY,
    (
        "N, T, V = xs.shape",
        """self.xs = xs
        if (ts == self.ignore_label).all():
            return 0.0
        N, T, V = xs.shape""",
    ),
    (
        "        log_p, targets",
        """        if self.cache is None:
            return np.zeros_like(self.xs)
        log_p, targets""",
    ),
)
loss_of("LossDoesNotShift", STABLE, NOT_SHIFTED, (SHIFT, ""), (LOG_P, LOG_OF_SHARES))
loss_of("LossOfLogitsAsTheyAre", STABLE, NOT_SHIFTED, (SHIFT, ""))
loss_of(
    "GradientDoesNotShift",
    STABLE,
    "backward takes exp of the scores as they are, and it overflows; subtract each row's largest score first",
    (SHIFT, "        self.x = x\n" + SHIFT),
    ("dx = np.exp(log_p)", "dx = np.exp(self.x) / np.exp(self.x).sum(axis=-1, keepdims=True)"),
)
loss_of(
    "TakesLogarithmOfZero",
    STABLE,
    "the logarithm is taken after the division, and a probability of 0 gives "
    "infinity; subtract each row's largest score, then x - log(sum(exp(x))) is the logarithm of softmax",
    (LOG_P, LOG_OF_SHARES),
)
loss_of("AddsSmallNumber", CROSS_ENTROPY, SMALL_NUMBER, ("-log_p[picks]", "-np.log(np.exp(log_p[picks]) + 1e-7)"))
for digits in 7, 8, 10, 12:
    loss_of(
        f"AddsToShares1e{digits}",
        CROSS_ENTROPY,
        SMALL_NUMBER,
        (LOG_P, f"np.log(np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True) + 1e-{digits})"),
    )
for digits in 7, 8, 9, 10, 12, 15:
    loss_of(
        f"CutsSharesAfter{digits}Digits",
        CROSS_ENTROPY,
        SMALL_NUMBER,
        (LOG_P, f"np.log(np.maximum(np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True), 1e-{digits}))"),
    )
loss_of(
    "ForgetsDout",
    UPSTREAM,
    "dout isn't used; the gradient is dout times that of the loss",
    ("dout / count", "1 / count"),
)
loss_of(
    "MultipliesSharesAlone",
    UPSTREAM,
    "dout multiplies the probabilities alone; the 1 at the target is multiplied by it, too",
    ("np.exp(log_p)", "np.exp(log_p) * dout"),
    ("dout / count", "1 / count"),
)
loss_of(
    "DividesByDout",
    UPSTREAM,
    "the gradient is divided by dout; it is dout times that of the loss",
    ("dout / count", "1 / dout / count"),
)
loss_of(
    "ForgetsMinusOne",
    GRADIENT,
    "the 1 at the target isn't subtracted: the gradient is p - 1 there, not p",
    ("        dx[picks] -= 1\n", ""),
)
loss_of(
    "AddsOneAtTarget",
    GRADIENT,
    "1 is added at the target; the gradient there is p - 1, so subtract it",
    ("dx[picks] -= 1", "dx[picks] += 1"),
)
loss_of(
    "SubtractsAfterDividing",
    GRADIENT,
    "1 is subtracted after the division, so it isn't divided; the gradient is (p - 1) / count",
    ("dout / count", "dout"),
    ("np.exp(log_p)", "np.exp(log_p) / count"),
)
loss_of(
    "SubtractsInACopy",
    GRADIENT,
    "1 is subtracted in a copy: reshape(N * T, V) gives one where xs isn't "
    "contiguous in memory (transposed, say). Reshape xs first, and the gradient last",
    ("N, T, V = xs.shape", "N, T, V = xs.shape\n        self.e = np.exp(xs - xs.max(axis=-1, keepdims=True))"),
    ("np.exp(log_p)", "self.e / self.e.sum(axis=-1, keepdims=True)"),
    ("dx[picks]", "dx.reshape(-1, shape[2])[picks]"),
    ("mask[:, None]", "mask.reshape(*shape[:2], 1)"),
)
loss_of(
    "TurnsGradient",
    GRADIENT,
    "the sign of the gradient is turned: it is p - 1 at the target, and p elsewhere",
    ("dout / count", "-dout / count"),
)
loss_of(
    "OnlyTheTarget",
    GRADIENT,
    "only the target's score gets a gradient; the others get p, because they all are in the sum",
    ("dx = np.exp(log_p)", "dx = np.zeros_like(log_p)"),
    ("dx[picks] -= 1", "dx[picks] = np.exp(log_p[picks]) - 1"),
)
loss_of(
    "TakesSlopeOfSoftmax",
    GRADIENT,
    "every score's slope is that of the softmax, p * (1 - p), and not that of the "
    "whole loss, p - 1 at the target and p elsewhere",
    ("dx[picks] -= 1", "dx *= 1 - dx"),
)
loss_of("FlatGradient", GRADIENT, "the gradient is flat, (N·T, V); it should be (N, T, V)", ("dx.reshape(shape)", "dx"))
loss_of(
    "SqueezesGradient",
    GRADIENT,
    "axes of size 1 are dropped (squeeze); the gradient is (N, T, V), also where N or T is 1",
    ("dx.reshape(shape)", "dx.reshape(shape).squeeze()"),
)
loss_of(
    "TakesExpOfLoss",
    CROSS_ENTROPY,
    "exp is taken of the loss (the perplexity); the loss is the mean itself",
    ("losses.sum() / count", "np.exp(losses.sum() / count)"),
)
loss_of(
    "TurnsLoss",
    CROSS_ENTROPY,
    "the sign of the loss is turned: it is minus the mean logarithm",
    ("-log_p[picks]", "log_p[picks]"),
)
for where, change in (
    ("", ("-log_p[picks]", "-log_p[picks] / np.log(2)")),
    ("OfTheSum", ("np.log(np.exp", "np.log2(np.exp")),
):
    loss_of(
        f"TakesBaseTwo{where}", CROSS_ENTROPY, "the logarithm has the base 2; it is the natural one, np.log", change
    )
loss_of(
    "TakesOneMinusP",
    CROSS_ENTROPY,
    "the loss is 1 - p of the target; it is -log p",
    ("-log_p[picks]", "1 - np.exp(log_p[picks])"),
)
loss_of(
    "LeavesOutTheSum",
    CROSS_ENTROPY,
    "the loss is minus the target's score; the logarithm of the sum of exponentials is missing",
    ("-log_p[picks]", "-xs.reshape(N * T, V)[picks]"),
)
loss_of(
    "LossForEachPosition",
    CROSS_ENTROPY,
    "one loss for each position comes back; it is one number, the mean",
    ("losses.sum() / count", "losses.reshape(N, T)"),
)
loss_of(
    "SoftmaxAlongTime",
    CROSS_ENTROPY,
    "softmax works along the time axis; the words stand in the last axis",
    ("axis=-1", "axis=1"),
    *UNFLATTENED,
)
loss_of("LossWorksAlongTheFirstAxis", CROSS_ENTROPY, FIRST_AXIS, ("axis=-1", "axis=0"))
loss_of("LossTakesTheSumOfAll", CROSS_ENTROPY, SUM_OF_ALL, (".sum(axis=-1, keepdims=True)", ".sum()"))
loss_of("LossLosesAnAxis", CROSS_ENTROPY, NO_KEEPDIMS, (", keepdims=True", ""))
loss_of("LossLosesAnAxisOfWindows", CROSS_ENTROPY, NO_KEEPDIMS, (", keepdims=True", ""), *UNFLATTENED)
KEEPS_SHARES = ("self.cache = (log_p", "self.cache = (np.exp(log_p)"), ("dx = np.exp(log_p)", "dx = log_p")
loss_of(
    "MultipliesKeptGradient",
    SHARED,
    "backward multiplies the gradient that forward kept, and returns that array: a second call multiplies again, and "
    "what was returned before changes; return a product, self.dxs * dout",
    (
        GRADIENT_OF_SUM + "        dx *= dout / count\n        return dx.reshape(shape)",
        "        self.dxs *= dout\n        return self.dxs",
    ),
    (
        "        return losses",
        f"{GRADIENT_OF_SUM}        self.dxs = (dx / count).reshape(xs.shape)\n        return losses",
    ),
)
loss_of("ChangesItsCache", GRADIENT, ITS_CACHE, *KEEPS_SHARES)
loss_of("SubtractsFromItsCache", GRADIENT, ITS_CACHE, *KEEPS_SHARES, ("dx *= mask", "dx = dx * mask"))
loss_of(
    "ReusesGradient",
    SHARED,
    contract.GRADIENT_REUSED,
    ("self.cache = None", "self.cache = self.dxs = None"),
    (
        "return dx.reshape(shape)",
        """if np.shape(self.dxs) != shape:
            self.dxs = np.empty(shape, dx.dtype)
        self.dxs[...] = dx.reshape(shape)
        return self.dxs""",
    ),
)
loss_of(
    "ChangesLogits",
    SHARED,
    contract.argument_changed("xs", "xs -= ..."),
    ("N, T, V = xs.shape", "N, T, V = xs.shape\n        xs -= xs.max(axis=-1, keepdims=True)"),
)
loss_of(
    "ChangesTargets",
    SHARED,
    contract.argument_changed("ts", "ts[ts == ignore_label] = 0"),
    ("losses = ", "ts[ts == self.ignore_label] = 0\n        losses = "),
)
loss_of(
    "KeepsFirstWindow",
    SHARED,
    "what the first window left is kept for good (its mask or its shape); backward belongs to the last forward",
    ("self.cache = (", "self.cache = self.cache or ("),
)
loss_of(
    "SharesCache", SHARED, contract.IN_CLASS, ("        self.cache = None\n", ""), ("self.cache", "type(self).cache")
)
loss_of(
    "ForcesFloat32",
    DTYPE,
    "the gradient is forced to float32 (dtype='f'); it should have the dtype of the scores",
    ("np.exp(log_p)", "np.exp(log_p).astype('f')"),
)
loss_of(
    "ForcesFloat64",
    DTYPE,
    "the gradient is forced to float64 (np.zeros or np.eye without dtype, or a factor of "
    "float64, such as dout / mask.sum()); it should have the dtype of the scores",
    ("np.exp(log_p)", "np.exp(log_p).astype('d')"),
)
loss_of(
    "DividesByNumPyInteger",
    DTYPE,
    "dout is divided by a NumPy integer, such as mask.sum(), which gives a factor "
    "of float64, and the gradient takes that dtype; divide by float(count)",
    ("dx *= dout / count", "dx = dx * (dout / max(mask.sum(), 1))"),
)
loss_of(
    "KeepsGradientInGrads",
    GRADIENT,
    "the gradient of the scores is kept in grads; grads belongs to parameters, and this layer has none",
    ("return dx.reshape(shape)", "self.grads = [dx.reshape(shape)]\n        return self.grads[0]"),
)
