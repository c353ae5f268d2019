"""Room of the jobs: long work that a person asks for and a worker does beside the pages, with progress.

`queue.py` is the worker's side of the table, `operations.py` the person's; `turn.py` is what a job holds while it
is worked on, `batches/` the kinds of jobs there are. A job may be killed at any moment: its finished parts lie in
a folder under the names of their content, its turn runs out, and another worker goes on from there.
"""
