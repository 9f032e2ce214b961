"""Reads what a student handed in, whatever it is, without executing any of it.

reading.py       finds notebooks and reads them
submission.py    takes from them only what may count
cell_code.py     what of a cell is Python, what it defines, what it uses
modules_used.py  which modules an answer uses
alike.py         code that is the same, among students or as in the reference
"""
