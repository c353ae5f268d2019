"""The benchmark: a big province built in bulk, floors and ours measured in one run, one table of ratios."""
