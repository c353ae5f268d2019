"""Who you are, where you stand and what you may touch.

Places (tenants), persons and their memberships, sign-in, rights, and the wall in the database
that keeps one district's rows from another's. This package knows nothing of dossiers: the work
lives in `portal`, which imports from here and never the other way round.
"""
