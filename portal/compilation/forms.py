"""Forms on the provincial report: the words by section and the explanations; the signing form is the decision's."""

from __future__ import annotations

from wtforms.validators import Length

from portal.recognition.forms import SigningForm, tidy
from portal.reports.skeleton import LONGEST
from portal.typed import Lines, VersionedForm

from .narrative import SECTIONS
from .rules import RULES

__all__ = ["ExplainForm", "NarrativeForm", "SigningForm", "VersionedForm"]


class NarrativeForm(VersionedForm):
    """The words of every section; one field for each key of the skeleton."""


class ExplainForm(VersionedForm):
    """Why a rule that may be explained does not hold; one field for each such rule."""


for _section in SECTIONS:
    if _section.key:
        setattr(
            NarrativeForm,
            _section.key,
            Lines(
                _section.heading,
                filters=[tidy],
                validators=[Length(0, LONGEST, "Mỗi mục dài tối đa 20.000 ký tự.")],
            ),
        )
for _rule in RULES:
    if _rule.explainable:
        setattr(
            ExplainForm,
            _rule.code,
            Lines(
                f"Giải trình {_rule.code}",
                filters=[tidy],
                validators=[Length(0, 2000, "Giải trình dài tối đa 2.000 ký tự.")],
            ),
        )
