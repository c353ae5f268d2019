"""A district opens its year: its own dates, its plan, what everybody may know, and longer terms for single units."""
