"""Answers as students write them: right in many ways, wrong in many ways, hostile and broken.

Each module holds `RIGHT` and `WRONG` for one assignment: name of the answer → source of its cell.
"""
