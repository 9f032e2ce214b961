"""What both sides of the border share: the code that asks, and the process or kernel where a student's code runs.

program.py     what is asked of an answer at once: steps, of which some show what they gave
bench.py       plays programs, beside the student's objects; whereabouts.py tells where an exception was raised
values.py      plain copies of plain data, which are all that crosses
wire.py        what a worker says, as frames
candidate.py   a student's work behind one interface: in the learner's own kernel
"""
