"""The reference of the course: an RNN language model in NumPy, on CPU or GPU.

Where things live, in the order of the book. Import from the modules; this file imports nothing.

text         words to ids, ids to windows and batches, perplexity, files      source     text with a known limit
layers       one step: the definitions                                       ngram      the baselines
time_layers  whole windows, fast: the layers that are trained                gradcheck  numerical gradients
model        the language model, and the file that keeps it                  generate   writing text
optim        SGD, Adam, gradient clipping                                    gpu_check  GPU against CPU
trainer      truncated backpropagation through time, evaluation
pretrained   the farm model, already trained; its weights are in farm.json
"""
