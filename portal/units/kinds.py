"""The kinds of unit a district recognises (Circular 24/2023, Article 2), as closed codes.

Their Vietnamese names and their rows in Biểu 01 stand in `portal/words.py`.
"""

UNIT_KINDS = (
    "party_office",
    "government_office",
    "front_mass",
    "military_police",
    "enterprise",
    "commune_committee",
    "preschool",
    "primary",
    "lower_secondary",
    "primary_lower_secondary",
    "vocational_centre",
    "other_school",
    "association",
)
SENSITIVE_KINDS = frozenset({"military_police"})
