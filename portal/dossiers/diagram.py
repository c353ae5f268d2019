"""The step table as a Mermaid state diagram; the README shows it and a test keeps the two equal."""

from __future__ import annotations

from portal.words import DOSSIER_STATES

from .models import State
from .steps import STEPS


def mermaid() -> str:
    """Return the diagram's text."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    lines += [f"    {state.value}: {DOSSIER_STATES[state.value].name}" for state in State]
    lines += [f"    {came.value} --> {step.to.value}: {step.button}" for step in STEPS for came in step.came]
    return "\n".join(lines)
