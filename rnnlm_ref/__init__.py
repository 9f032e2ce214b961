"""The reference of the course: an RNN language model in NumPy, on CPU or GPU.

Where things live, in the order of the book. Import from the modules; this file imports nothing.

text         words to ids, ids to windows and batches, perplexity, files      source     a text whose limit is known
layers       one step, the definitions                                       ngram      the models to beat
time_layers  whole windows, fast: the layers that are trained                gradcheck  gradients without calculus
model        the language model, and the file that keeps it                  generate   let it write
optim        SGD, Adam, gradient clipping                                    gpu_check  is the GPU right, and how fast
trainer      truncated backpropagation through time, evaluation
pretrained   the farm's model, trained already; its weights are in farm.json
"""
