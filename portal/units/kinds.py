"""The kinds of unit that are recognised, as closed codes: by a district (Circular 24/2023, Article 2), by the province.

Their Vietnamese names and their rows in Biểu 01 stand in `portal/words.py`.
"""

DISTRICT_KINDS = (
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
PROVINCE_KINDS = (
    "provincial_office",
    "provincial_enterprise",
    "upper_secondary",
    "continuing_centre",
    "higher_education",
    "vocational_institution",
)
UNIT_KINDS = (*DISTRICT_KINDS, *PROVINCE_KINDS)
SENSITIVE_KINDS = frozenset({"military_police"})
