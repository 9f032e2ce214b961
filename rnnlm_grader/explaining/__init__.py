"""What a learner reads of a mistake: its name, a telling example of it, and nothing else.

A failure holds an `engine.case.Case`: script, condition, what is seen. All that is found out is a function of it:

    look.py       an answer plays a case once more
    shrink.py     ... ever simpler ones, as long as they fail alike: the simplest script and condition
    telling.py    ... in small sizes, with plain numbers: the example that shows most
    variants.py   the right answer with a known mistake, or several, plays the same cases
    signatures.py ... and a few numbers stand for what was given in each play
    decoding.py   what gives the same as the answer, one or several, is the mistake
    anatomy.py    where the difference is, and what was got instead, with no library at all
    exceptions.py what Python said, in words about this exercise; letters.py the sizes in it as letters
    source.py     ... and where the source leaves no doubt, what it comes from
    trials.py     what makes everything right where it is changed in the source; changes.py what is tried
    certain.py    these, where the library has no name
    mistakes.py   puts these together for each failed criterion
    script.py     writes the example as Python; words.py, a finding as a sentence
"""
