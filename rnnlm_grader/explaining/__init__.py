"""What a learner reads of a mistake: its name, a telling example of it, and nothing else.

A failure holds an `engine.case.Case`: script, condition, what is seen. All that is found out is a function of it:

    look.py       an answer plays a case once more
    shrink.py     ... ever simpler ones, as long as they fail alike: the simplest script and condition
    telling.py    ... in small sizes, with plain numbers: the example that shows most
    decoding.py   the library's variants play the same cases: what gives the same, one or several, is the mistake
    signatures.py ... which is told by a few numbers for each play
    anatomy.py    where the difference is, and what was got instead, with no library at all
    exceptions.py what Python said, in words about this exercise; letters.py the sizes in it as letters
    source.py     ... and where the source leaves no doubt, what it comes from
    trials.py     what makes everything right where it is changed in the source; changes.py what is tried
    certain.py    these, where the library has no name
    mistakes.py   puts these together for each failed criterion
    script.py     writes the example as Python; words.py, a finding as a sentence
"""
