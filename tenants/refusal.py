"""A refusal is a value with a sentence: what is not possible now, why, and what to do."""

from __future__ import annotations


class Refused(Exception):
    """An act that is not possible now.

    `sentence` is shown to the person as it is. `status` is the HTTP status of the answer: 409 where
    the state stands in the way, 422 where the input does.
    """

    def __init__(self, sentence: str, status: int = 409) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


class Conflict(Refused):
    """Somebody else changed the same thing first; `theirs` is what stands there now."""

    def __init__(self, sentence: str, theirs: object = None) -> None:
        super().__init__(sentence, 409)
        self.theirs = theirs
