"""The benchmark: a big province built in bulk, floors and ours measured in one run, one table of ratios."""

from portal.papers import faces

faces.register()  # before anything of reportlab: its styles take their face as they are imported
