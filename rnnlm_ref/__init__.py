"""The reference of the course: an RNN language model in NumPy, on CPU or GPU."""
