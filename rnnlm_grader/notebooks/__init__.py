"""Reads what a student handed in, whatever it is, without executing any of it; and brings old work to a new text.

reading.py       finds notebooks and reads them
submission.py    takes from them only what may count
cell_code.py     what of a cell is Python, what it defines, what it uses
modules_used.py  which modules an answer uses
bring.py         takes answers into a newer notebook
writing.py       what a student wrote beside the answers
alike.py         code that is the same, among students or as in the reference
"""
