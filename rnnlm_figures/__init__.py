"""The figures and listings of the book: a module for each chapter. Needs Matplotlib, which `rnnlm_ref` doesn't."""
