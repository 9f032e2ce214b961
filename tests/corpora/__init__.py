"""Answers as students write them: right in many ways, wrong in many ways, hostile and broken.

A module for each assignment holds `SLUG`, and for each name that it asks for

RIGHT    style → source of the cell; the first is the plainest and stands in where another name is examined
WRONG    id of the misconception that should be named → source, written as a student would and not as the library does
"""
from . import bptt, embedding, rnn, rnnlm, softmax_masking, time_rnn

CORPORA = (embedding, rnn, time_rnn, bptt, softmax_masking, rnnlm)
