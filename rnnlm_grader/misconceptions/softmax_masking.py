"""What goes wrong in 05-softmax-masking: each variant is the right answer with one thing misunderstood.

Sentences stand after "Likely:".
"""
import numpy as np

from ..spec.exam import Library

MISCONCEPTIONS = Library()
STABLE = "06-softmax-masking.html#softmax-stable"
CROSS_ENTROPY = "06-softmax-masking.html#softmax-cross-entropy"
GRADIENT = "06-softmax-masking.html#softmax-gradient"
MASK = "06-softmax-masking.html#softmax-mask"
OVER_KEPT = "06-softmax-masking.html#softmax-mean-over-kept"
ALL_IGNORED = "06-softmax-masking.html#softmax-all-ignored"
UPSTREAM = "06-softmax-masking.html#softmax-upstream"
DTYPE = "02-embedding.html#embedding-dtype"
SHARED = "02-embedding.html#embedding-shared-weights"


EARLY = ("with all positions ignored forward leaves early, and backward works with the window before; keep what "
         "belongs to this window first")
SMALL_NUMBER = ("a small number is added within the logarithm, or shares are cut off at one; the loss is then wrong, "
                "by much where a share is tiny. Compute x - log(sum(exp(x))) directly")
NOT_THE_LARGEST = ("something else than the row's largest logit, such as its mean, is subtracted; exp still overflows")


def softmax_of(section, sentence, **marks):
    return MISCONCEPTIONS.misconception("my_softmax", section, sentence, **marks)


def loss_of(section, sentence, **marks):
    return MISCONCEPTIONS.misconception("MyTimeSoftmaxWithLoss", section, sentence, **marks)


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


# --- my_softmax -----------------------------------------------------------------------------------------------------


@softmax_of(STABLE, "exp is taken of the logits as they are, and overflows; subtract each row's largest logit first")
def DoesNotShift(x):
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True)


@softmax_of(STABLE, "the largest logit of the whole array is subtracted from every row; a row far below it then "
            "vanishes. Take each row's own: x.max(axis=-1, keepdims=True)")
def ShiftsByTheLargestOfAll(x):
    e = np.exp(x - x.max())
    return e / e.sum(axis=-1, keepdims=True)


@softmax_of(STABLE, NOT_THE_LARGEST)
def ShiftsByTheMean(x):
    e = np.exp(x - x.mean(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@softmax_of(STABLE, NOT_THE_LARGEST)
def ShiftsByTheFirst(x):
    e = np.exp(x - x[..., :1])
    return e / e.sum(axis=-1, keepdims=True)


@softmax_of(STABLE, NOT_THE_LARGEST)
def ShiftsByTheMedian(x):
    e = np.exp(x - np.median(x, axis=-1, keepdims=True).astype(x.dtype))
    return e / e.sum(axis=-1, keepdims=True)


@softmax_of(STABLE, "the largest logit of each column is subtracted, which changes the differences within a row; take "
            "each row's own: x.max(axis=-1, keepdims=True)")
def ShiftsByColumns(x):
    e = np.exp(x - x.max(axis=0))
    return e / e.sum(axis=-1, keepdims=True)


@softmax_of(STABLE, "logits are cut (np.clip), which changes their differences; subtract each row's largest logit")
def CutsLogits(x):
    return softmax(np.clip(x, -500, 500))


@softmax_of(CROSS_ENTROPY, "the exponentials are divided by the sum over the whole array; each row has a sum of its "
            "own, over the last axis")
def DividesByTheSumOfAll(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum()


@softmax_of(CROSS_ENTROPY, "nothing is returned; is there a `return`?", shows_nothing=True)
def SoftmaxReturnsNothing(x):
    softmax(x)


@softmax_of(CROSS_ENTROPY, "it works along the first axis; the words stand in the last")
def WorksAlongTheFirstAxis(x):
    e = np.exp(x - x.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


@softmax_of(CROSS_ENTROPY, "it works along axis 1, the last one only of a matrix; use axis=-1")
def WorksAlongAxisOne(x):
    axis = 1 if x.ndim > 1 else 0
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@softmax_of(CROSS_ENTROPY, "results are written into a copy: reshape gives one where x isn't contiguous in memory "
            "(transposed, say), and the array itself stays as it was")
def WritesIntoACopy(x):
    out = np.zeros_like(x)
    out.reshape(-1, x.shape[-1])[...] = softmax(x).reshape(-1, x.shape[-1])
    return out


@softmax_of(CROSS_ENTROPY, "the exponentials aren't divided by their sum, so a row doesn't sum to 1")
def DoesNotDivide(x):
    return np.exp(x - x.max(axis=-1, keepdims=True))


@softmax_of(CROSS_ENTROPY, "the exponential is missing: the numbers themselves are divided by their sum")
def LeavesOutExp(x):
    return x / x.sum(axis=-1, keepdims=True)


@softmax_of(CROSS_ENTROPY, "the logarithm of the shares is returned; the shares themselves are asked for")
def ReturnsLogarithm(x):
    return np.log(softmax(x))


@softmax_of(CROSS_ENTROPY, "every number is squeezed by itself (a sigmoid); the numbers of a row share 1 between them")
def TakesSigmoid(x):
    return 1 / (1 + np.exp(-x))


@softmax_of(CROSS_ENTROPY, "the sign is turned: the largest logit gets the smallest share")
def TurnsSign(x):
    return softmax(-x)


@softmax_of(SHARED, "x is changed in place (`x -= ...`); arguments belong to the caller")
def ChangesX(x):
    x -= x.max(axis=-1, keepdims=True)
    return softmax(x)


@softmax_of(DTYPE, "the shares are forced to float64; they should have the dtype of x")
def SoftmaxForcesFloat64(x):
    return softmax(x).astype("d")


@softmax_of(DTYPE, "the shares are forced to float32; they should have the dtype of x")
def SoftmaxForcesFloat32(x):
    return softmax(x).astype("f")


# --- MyTimeSoftmaxWithLoss ------------------------------------------------------------------------------------------


class Right:
    """The right answer, in small methods that each variant spoils in one place."""

    def __init__(self, ignore_label=-1):
        self.params, self.grads = [], []
        self.ignore_label = ignore_label

    def mask(self, ts):
        return ts != self.ignore_label

    def log_p(self, xs):
        xs = xs - xs.max(axis=-1, keepdims=True)
        return xs - np.log(np.exp(xs).sum(axis=-1, keepdims=True))

    def count(self, kept):
        return max(int(kept.sum()), 1)

    loss_count = gradient_count = count

    def forward(self, xs, ts):
        self.shape = N, T, V = xs.shape
        self.ts = ts.reshape(N * T).astype(np.int64)
        self.kept = self.mask(self.ts)
        self.logs = self.log_p(xs.reshape(N * T, V))
        self.picks = np.arange(N * T), np.where(self.kept, self.ts, 0)
        losses = -self.logs[self.picks]
        return np.where(self.kept, losses, 0).sum() / self.loss_count(self.kept)

    def backward(self, dout=1.0):
        p = np.exp(self.logs)
        p[self.picks] -= 1
        p *= self.kept[:, None]
        return (p * (dout / self.gradient_count(self.kept))).reshape(self.shape).astype(self.logs.dtype)


def over_all(self, kept):
    return kept.size


def over_batch(self, kept):
    return self.shape[0]


def not_at_all(self, kept):
    return 1


@loss_of(CROSS_ENTROPY, "forward returns nothing (is there a `return`?); it returns the loss", shows_nothing=True)
class LossReturnsNothing(Right):
    def forward(self, xs, ts):
        super().forward(xs, ts)


@loss_of(GRADIENT, "backward returns nothing (is there a `return`?); it returns the gradient of the logits",
         shows_nothing=True)
class GradientReturnsNothing(Right):
    def backward(self, dout=1.0):
        super().backward(dout)


@loss_of(GRADIENT, "backward gives nothing but zeros; is it filled in?", shows_nothing=True)
class GivesZeros(Right):
    def backward(self, dout=1.0):
        return np.zeros_like(super().backward(dout))


@loss_of(CROSS_ENTROPY, "log_p[:, ts] takes the targets of all positions from every row; pair each row with its own: "
         "log_p[np.arange(N * T), ts]")
class PicksAllTargets(Right):
    def forward(self, xs, ts):
        super().forward(xs, ts)
        picked = self.logs[:, self.picks[1]] * self.kept
        return -picked.sum() / self.loss_count(self.kept)


@loss_of(SHARED, "rows of xs are overwritten where the target is ignored (`x[~mask] = ...`, and x is a view of xs); "
         "arguments belong to the caller")
class OverwritesIgnoredLogits(Right):
    def forward(self, xs, ts):
        xs[~self.mask(ts)] = 0
        return super().forward(xs, ts)


@loss_of(OVER_KEPT, "the loss and its gradient are divided by all N·T positions; the mean is over those that are kept")
class MeanOverAll(Right):
    loss_count = gradient_count = over_all


@loss_of(OVER_KEPT, "the loss is divided by all N·T positions, the gradient by those kept; both take the mean over "
         "those that are kept")
class LossMeanOverAll(Right):
    loss_count = over_all


@loss_of(OVER_KEPT, "the loss is a mean over the positions kept, but its gradient is divided by all N·T")
class GradientMeanOverAll(Right):
    gradient_count = over_all


@loss_of(OVER_KEPT, "the loss is the sum over the positions, and so is its gradient; it is the mean over those that "
         "are kept")
class SumsUp(Right):
    loss_count = gradient_count = not_at_all


@loss_of(OVER_KEPT, "the loss is a sum but its gradient that of a mean; both are the mean over the positions kept")
class LossSumsUp(Right):
    loss_count = not_at_all


@loss_of(OVER_KEPT, "the loss is a mean but its gradient isn't divided by the number of positions kept")
class GradientSumsUp(Right):
    gradient_count = not_at_all


@loss_of(OVER_KEPT, "the sum is divided by N, the number of sequences; it is the mean over all positions that are kept")
class MeanOverBatch(Right):
    loss_count = gradient_count = over_batch


@loss_of(OVER_KEPT, "the gradient is divided by N, the number of sequences; the loss is a mean over all positions kept")
class GradientMeanOverBatch(Right):
    gradient_count = over_batch


@loss_of(OVER_KEPT, "each sequence gets a mean of its own and those are averaged; a sequence with few kept positions "
         "then weighs too much")
class MeanOfMeans(Right):
    def forward(self, xs, ts):
        super().forward(xs, ts)
        N, T, _ = self.shape
        kept = self.kept.reshape(N, T)
        self.weights = kept / np.maximum(kept.sum(axis=1, keepdims=True), 1) / N
        return (self.weights.reshape(-1) * -self.logs[self.picks]).sum()

    def backward(self, dout=1.0):
        p = np.exp(self.logs)
        p[self.picks] -= 1
        return (p * self.weights.reshape(-1, 1) * dout).reshape(self.shape).astype(self.logs.dtype)


@loss_of(MASK, "ignored positions still count in the loss; with -1 as an index they even pick the last word. Multiply "
               "their losses by 0")
class LossForgetsMask(Right):
    def forward(self, xs, ts):
        super().forward(xs, ts)
        V = self.shape[2]
        return -self.logs[np.arange(len(self.ts)), self.ts % V].sum() / self.loss_count(self.kept)


@loss_of(MASK, "ignored positions still get a gradient; multiply their rows by 0")
class GradientForgetsMask(Right):
    def backward(self, dout=1.0):
        p = np.exp(self.logs)
        p[np.arange(len(self.ts)), self.ts % self.shape[2]] -= 1
        return (p * (dout / self.count(self.kept))).reshape(self.shape).astype(self.logs.dtype)


@loss_of(MASK, "ignored positions still get a gradient; multiply their rows by 0")
class GradientForgetsMaskOfStandIns(Right):
    def backward(self, dout=1.0):
        p = np.exp(self.logs)
        p[self.picks] -= 1
        return (p * (dout / self.count(self.kept))).reshape(self.shape).astype(self.logs.dtype)


@loss_of(MASK, "nothing is masked: ignored positions count like all others")
class MasksNothing(Right):
    def mask(self, ts):
        return np.ones(len(ts), bool)

    def forward(self, xs, ts):
        return super().forward(xs, ts % xs.shape[-1])


@loss_of(MASK, "rows are masked before 1 is subtracted at the target, so ignored rows end with a -1; mask last")
class MasksBeforeSubtracting(Right):
    def backward(self, dout=1.0):
        p = np.exp(self.logs) * self.kept[:, None]
        p[np.arange(len(self.ts)), self.ts % self.shape[2]] -= 1
        return (p * (dout / self.count(self.kept))).reshape(self.shape).astype(self.logs.dtype)


@loss_of(MASK, "the argument ignore_label isn't used: -1 is ignored whatever it says")
class MasksMinusOne(Right):
    def mask(self, ts):
        return ts != -1


@loss_of(MASK, "all negative targets are ignored and no others (`ts >= 0`); what is ignored is ignore_label, which "
         "may be the id of a word")
class MasksNegatives(Right):
    def mask(self, ts):
        return ts >= 0


@loss_of(MASK, "ignored targets serve as indices; -1 picks the last word by luck, other labels may be no index. Put a "
               "valid id in their place: np.where(mask, ts, 0)")
class IndexesByLabel(Right):
    def forward(self, xs, ts):
        super().forward(xs, ts)
        self.picks = self.picks[0], self.ts
        return (-self.logs[self.picks] * self.kept).sum() / self.loss_count(self.kept)


@loss_of(MASK, "the mask is turned around: what should be ignored is kept")
class TurnsMask(Right):
    def mask(self, ts):
        return ts == self.ignore_label


@loss_of(ALL_IGNORED, "with all positions ignored the loss is 0 / 0, nan; divide by at least 1")
class LossDividesByZero(Right):
    def forward(self, xs, ts):
        loss = super().forward(xs, ts)
        return loss if self.kept.any() else np.float64("nan")


@loss_of(ALL_IGNORED, "with all positions ignored the loss is 0 / 0, nan; divide by at least 1")
class DividesByZero(LossDividesByZero):
    def backward(self, dout=1.0):
        return super().backward(dout if self.kept.any() else np.nan)


@loss_of(ALL_IGNORED, "with all positions ignored the loss is 0.0, but its gradient is 0 / 0, nan; divide by at "
         "least 1")
class GradientDividesByZero(Right):
    def backward(self, dout=1.0):
        return super().backward(dout if self.kept.any() else np.nan)


@loss_of(ALL_IGNORED, EARLY)
class LeavesEarly(Right):
    logs = np.zeros((0, 0))

    def forward(self, xs, ts):
        if (ts == self.ignore_label).all():
            return 0.0
        return super().forward(xs, ts)

    def backward(self, dout=1.0):
        return super().backward(dout) if len(self.logs) else None


@loss_of(ALL_IGNORED, EARLY)
class LeavesEarlyWithOldGradient(LeavesEarly):
    def forward(self, xs, ts):
        self.like = xs
        return super().forward(xs, ts)

    def backward(self, dout=1.0):
        given = super().backward(dout)
        return np.zeros_like(self.like) if given is None else given


@loss_of(STABLE, "exp is taken of the logits as they are, and overflows; subtract each row's largest logit first")
class LossDoesNotShift(Right):
    def log_p(self, xs):
        with np.errstate(all="ignore"):
            e = np.exp(xs)
            return np.log(e / e.sum(axis=-1, keepdims=True))


@loss_of(STABLE, "backward takes exp of the logits as they are, and it overflows; subtract each row's largest logit "
                 "first")
class GradientDoesNotShift(Right):
    def forward(self, xs, ts):
        self.xs = xs.reshape(-1, xs.shape[-1])
        return super().forward(xs, ts)

    def backward(self, dout=1.0):
        with np.errstate(all="ignore"):
            e = np.exp(self.xs)
            self.logs = np.log(e / e.sum(axis=-1, keepdims=True))
        return super().backward(dout)


@loss_of(STABLE, "the logarithm is taken after the division, and a share of 0 gives infinity; compute "
                 "x - log(sum(exp(x))) directly")
class TakesLogarithmOfZero(Right):
    def log_p(self, xs):
        with np.errstate(all="ignore"):
            return np.log(softmax(xs))


@loss_of(STABLE, SMALL_NUMBER)
class AddsSmallNumber(Right):
    def forward(self, xs, ts):
        super().forward(xs, ts)
        losses = -np.log(np.exp(self.logs[self.picks]) + 1e-7)
        return np.where(self.kept, losses, 0).sum() / self.count(self.kept)


class CutsShares(Right):
    least = 0.0

    def log_p(self, xs):
        return np.log(np.maximum(softmax(xs), self.least))


for digits in 7, 8, 9, 10, 12, 15:
    loss_of(STABLE, SMALL_NUMBER)(type(f"CutsSharesAfter{digits}Digits", (CutsShares,), {"least": 10.0 ** -digits}))


@loss_of(UPSTREAM, "dout isn't used; the gradient is dout times that of the loss")
class ForgetsDout(Right):
    def backward(self, dout=1.0):
        return super().backward()


@loss_of(UPSTREAM, "the gradient is divided by dout; it is dout times that of the loss")
class DividesByDout(Right):
    def backward(self, dout=1.0):
        return super().backward(1 / dout)


@loss_of(GRADIENT, "the 1 at the target isn't subtracted: the gradient is p - 1 there, not p")
class ForgetsMinusOne(Right):
    def backward(self, dout=1.0):
        p = np.exp(self.logs) * self.kept[:, None]
        return (p * (dout / self.count(self.kept))).reshape(self.shape).astype(self.logs.dtype)


@loss_of(GRADIENT, "1 is subtracted after the division, so it isn't divided; the gradient is (p - 1) / count")
class SubtractsAfterDividing(Right):
    def backward(self, dout=1.0):
        p = np.exp(self.logs) / self.count(self.kept)
        p[self.picks] -= 1
        return (p * self.kept[:, None] * dout).reshape(self.shape).astype(self.logs.dtype)


@loss_of(GRADIENT, "1 is subtracted in a copy: reshape(N * T, V) gives one where xs isn't contiguous in memory "
                   "(transposed, say). Reshape xs first, and the gradient last")
class SubtractsInACopy(Right):
    def forward(self, xs, ts):
        loss = super().forward(xs, ts)
        self.p = np.exp(xs - xs.max(axis=-1, keepdims=True))
        self.p /= self.p.sum(axis=-1, keepdims=True)
        return loss

    def backward(self, dout=1.0):
        p = self.p.copy("K")
        p.reshape(-1, self.shape[2])[self.picks] -= 1
        p *= self.kept.reshape((*self.shape[:2], 1))
        return p * (dout / self.gradient_count(self.kept))


@loss_of(GRADIENT, "the sign of the gradient is turned: it is p - 1 at the target, and p elsewhere")
class TurnsGradient(Right):
    def backward(self, dout=1.0):
        return super().backward(-dout)


@loss_of(GRADIENT, "only the target's logit gets a gradient; the others get p, because they all are in the sum")
class OnlyTheTarget(Right):
    def backward(self, dout=1.0):
        full = super().backward(dout).reshape(-1, self.shape[2])
        p = np.zeros_like(full)
        p[self.picks] = full[self.picks]
        return p.reshape(self.shape)


@loss_of(GRADIENT, "every logit's slope is that of the softmax, p * (1 - p), and not that of the whole loss, p - 1 "
         "at the target and p elsewhere")
class TakesSlopeOfSoftmax(Right):
    def backward(self, dout=1.0):
        p = np.exp(self.logs)
        p = p * (1 - p) * self.kept[:, None]
        return (p * (dout / self.count(self.kept))).reshape(self.shape).astype(self.logs.dtype)


@loss_of(GRADIENT, "the gradient is flat, (N·T, V); it should be (N, T, V)")
class FlatGradient(Right):
    def backward(self, dout=1.0):
        return super().backward(dout).reshape(-1, self.shape[2])


@loss_of(GRADIENT, "axes of size 1 are dropped (squeeze); the gradient is (N, T, V), also where N or T is 1")
class SqueezesGradient(Right):
    def backward(self, dout=1.0):
        return super().backward(dout).squeeze()


@loss_of(CROSS_ENTROPY, "exp is taken of the loss (the perplexity); the loss is the mean itself")
class TakesExpOfLoss(Right):
    def forward(self, xs, ts):
        return np.exp(super().forward(xs, ts))


@loss_of(CROSS_ENTROPY, "the sign of the loss is turned: it is minus the mean logarithm")
class TurnsLoss(Right):
    def forward(self, xs, ts):
        return -super().forward(xs, ts)


@loss_of(CROSS_ENTROPY, "the logarithm has the base 2; it is the natural one, np.log")
class TakesBaseTwo(Right):
    def forward(self, xs, ts):
        return super().forward(xs, ts) / np.log(2)


@loss_of(CROSS_ENTROPY, "the loss is 1 - p of the target; it is -log p")
class TakesOneMinusP(Right):
    def forward(self, xs, ts):
        super().forward(xs, ts)
        losses = 1 - np.exp(self.logs[self.picks])
        return np.where(self.kept, losses, 0).sum() / self.count(self.kept)


@loss_of(CROSS_ENTROPY, "the loss is minus the target's logit; the logarithm of the sum of exponentials is missing")
class LeavesOutTheSum(Right):
    def forward(self, xs, ts):
        super().forward(xs, ts)
        losses = -xs.reshape(-1, xs.shape[-1])[self.picks]
        return np.where(self.kept, losses, 0).sum() / self.count(self.kept)


@loss_of(CROSS_ENTROPY, "one loss for each position comes back; it is one number, the mean")
class LossForEachPosition(Right):
    def forward(self, xs, ts):
        super().forward(xs, ts)
        return np.where(self.kept, -self.logs[self.picks], 0).reshape(ts.shape)


@loss_of(CROSS_ENTROPY, "softmax works along the time axis; the words stand in the last axis")
class SoftmaxAlongTime(Right):
    def forward(self, xs, ts):
        loss = super().forward(xs, ts)
        shifted = xs - xs.max(axis=1, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.logs = logs.reshape(-1, xs.shape[-1])
        losses = -self.logs[self.picks]
        return np.where(self.kept, losses, 0).sum() / self.count(self.kept) if np.isfinite(loss) else loss


@loss_of(SHARED, "backward changes what forward kept (`dx = self.ys; dx[...] -= 1`), so a second backward is wrong; "
         "copy it first")
class ChangesItsCache(Right):
    def forward(self, xs, ts):
        loss = super().forward(xs, ts)
        self.ys = np.exp(self.logs)
        return loss

    def backward(self, dout=1.0):
        dx = self.ys
        dx[self.picks] -= 1
        dx *= (dout / self.count(self.kept))
        dx *= self.kept[:, None]
        return dx.reshape(self.shape)


@loss_of(SHARED, "one gradient array is kept and used again; what backward returned before then changes later")
class ReusesGradient(Right):
    buffer = np.empty(0)

    def backward(self, dout=1.0):
        dxs = super().backward(dout)
        if self.buffer.shape != dxs.shape:
            self.buffer = np.empty_like(dxs)
        self.buffer[...] = dxs
        return self.buffer


@loss_of(SHARED, "the logits are changed in place (`xs -= ...`); arguments belong to the caller")
class ChangesLogits(Right):
    def forward(self, xs, ts):
        loss = super().forward(xs, ts)
        xs -= xs.max(axis=-1, keepdims=True)
        return loss


@loss_of(SHARED, "the targets are changed in place (`ts[ts == ignore_label] = 0`); arguments belong to the caller")
class ChangesTargets(Right):
    def forward(self, xs, ts):
        loss = super().forward(xs, ts)
        ts[ts == self.ignore_label] = 0
        return loss


@loss_of(SHARED, "what the first window left is kept for good (its mask or its shape); backward belongs to the last "
                 "forward")
class KeepsFirstWindow(Right):
    first = None

    def forward(self, xs, ts):
        loss = super().forward(xs, ts)
        if self.first is None:
            self.first = dict(vars(self))
        return loss

    def backward(self, dout=1.0):
        vars(self).update(self.first)
        return super().backward(dout)


@loss_of(SHARED, "what forward keeps is shared by all layers (a class attribute or a global); keep it in self")
class SharesCache(Right):
    cache = None

    def forward(self, xs, ts):
        loss = super().forward(xs, ts)
        SharesCache.cache = dict(vars(self))
        return loss

    def backward(self, dout=1.0):
        vars(self).update(SharesCache.cache)
        return super().backward(dout)


@loss_of(DTYPE, "the gradient is forced to float32 (dtype='f'); it should have the dtype of the logits")
class ForcesFloat32(Right):
    def backward(self, dout=1.0):
        return super().backward(dout).astype("f")


@loss_of(DTYPE, "the gradient is forced to float64 (np.zeros or np.eye without dtype, or a factor of float64, such as "
                "dout / mask.sum()); it should have the dtype of the logits")
class ForcesFloat64(Right):
    def backward(self, dout=1.0):
        return super().backward(dout).astype("d")


@loss_of(GRADIENT, "the gradient of the logits is kept in grads; grads belongs to parameters, and this layer has none")
class KeepsGradientInGrads(Right):
    def backward(self, dout=1.0):
        self.grads = [super().backward(dout)]
        return self.grads[0]
