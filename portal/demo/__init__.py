"""The demonstration province: believable, deterministic, and marked as such on every page and paper."""
