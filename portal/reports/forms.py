"""Forms on a report: the words by section, the explanations of failing rules; the signing form is the decision's."""

from __future__ import annotations

from wtforms.validators import InputRequired, Length

from portal.recognition.forms import SigningForm, tidy
from portal.typed import Lines, VersionedForm, VietnameseForm

from .narrative import SECTIONS
from .rules import RULES
from .skeleton import LONGEST

__all__ = ["ExplainForm", "NarrativeForm", "ReopeningForm", "SigningForm", "VersionedForm"]


class NarrativeForm(VersionedForm):
    """The words of every section; one field for each key of the skeleton."""


class ReopeningForm(VietnameseForm):
    """Why an accepted report is to be amended."""

    reason = Lines(
        "Lý do đề nghị",
        filters=[tidy],
        validators=[
            InputRequired("Xin ghi lý do đề nghị điều chỉnh."),
            Length(1, 2000, "Lý do dài tối đa 2.000 ký tự."),
        ],
    )


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
