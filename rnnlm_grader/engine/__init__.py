"""Criteria as specifications: say what a layer is and what must hold; drawing, playing, comparing follow from that.

The idea, in one example. A layer that accumulates its gradients over calls is wrong, and this line finds it:

    [forward backward] forward backward

It is a *script*: calls in order. Those in brackets are *noise*, which must not matter; those in braces must matter,
as in `{set} forward`. With numbers filled in it is a *tape*. The answer plays the tape, the reference plays it too,
and what was seen (`out`, `grads[0]`, `kept`) is compared. Some twenty such lines are the contract of all layers
(`contract.py`); a criterion is a few of them, with a title and points.

    layer.py      `LayerForm`, what an exercise asks for: parameters, inputs, shapes by letters
    case.py       `Case`: a script of calls, its `Condition`, what is looked at; with numbers filled in, a `Tape`
    tape.py       scripts are parsed and filled in with numbers
    calls.py      a tape becomes a program, which an answer plays, wherever it lives
    play.py       what was seen then is compared with what should be; compare.py says how two results differ
    oracle.py     what the reference gives on the same tape
    design.py     the conditions: sizes, dtypes, layouts and patterns of numbers, dealt like cards
    contract.py   what every layer must hold to
    exercise.py   criteria: which cases belong to which
    faults.py     what is wrong in a play, by itself or in its numbers, and which simpler fault explains it
    exam.py       what an assignment is made of, and one examination by a criterion
    walk.py       a last random run for answers that pass everything

**Who pays.** A slip shows in many scripts, and must cost once. So each fault is explained by the simplest one in a
script that the failing one contains, in the same result; the criterion of that one pays (`verdict.marks` has the whole
rule). Conditions are less simple than the plain one, so what holds there and fails in another costs the criterion that
owns the conditions.

**Who says what is right.** The reference, which plays the same program; where an answer makes its own parameters, these
are written into the reference's. Only where the answer is wrong does its own fresh instance, the *twin*, say what the
noise should have left unchanged, or what is needed should have changed.

**Traps**, each met once:

- An update may stand in noise only: the twin starts with the parameters as they end up.
- Of a layer that keeps a state, a forward is noise only where a reset ends it.
- What a worker may say in one criterion is capped (`wire.MOST_SAID`), and a wrong answer says about twice as much
  as a right one: keep arrays small (`design.MOST`), and look at few things in each case.
- A slip that needs luck, such as sorting the caller's ids, makes marks flicker: draw numbers that show it.
- An answer may raise where sizes don't fit and be wrong where they do, so both kinds count as one (`Fault.explains`).
- A criterion that no misconception costs is dead: its point belongs to another.

Letters: N batch, T time, V vocabulary, D word-vector width, H hidden width; `*` is any number of axes.
"""
