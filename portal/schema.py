"""Every table of the program, imported in one place for migrations, the wall and the tests."""

from portal.activities import models as activities
from portal.appraisal import models as appraisal
from portal.appraisal import seats
from portal.catalogue import models as catalogue
from portal.compilation import models as compilation
from portal.complaints import models as complaints
from portal.council import models as council
from portal.cycle import models as cycle
from portal.dossiers import models as dossiers
from portal.evidence import models as evidence
from portal.figures import models as figures
from portal.further import models as further
from portal.guidance import models as guidance
from portal.history import models as history
from portal.improvement import models as improvement
from portal.inquiries import models as inquiries
from portal.jobs import models as jobs
from portal.notices import models as notices
from portal.open_data import models as open_data
from portal.opening import models as opening
from portal.outreach import models as outreach
from portal.papers import models as papers
from portal.quality import models as quality
from portal.recognition import models as recognition
from portal.reform import models as reform
from portal.register import models as register
from portal.registration import models as registration
from portal.reports import models as reports
from portal.roster import models as roster
from portal.sealed import models as sealed
from portal.targets import models as targets
from portal.team import models as team
from portal.trail import models as trail
from portal.units import models as units
from portal.visits import models as visits
from portal.waivers import models as waivers
from tenants import people, places, powers, tokens
from tenants.database import Base

__all__ = [
    "Base",
    "activities",
    "appraisal",
    "catalogue",
    "compilation",
    "complaints",
    "council",
    "cycle",
    "dossiers",
    "evidence",
    "figures",
    "further",
    "guidance",
    "history",
    "improvement",
    "inquiries",
    "jobs",
    "notices",
    "open_data",
    "opening",
    "outreach",
    "papers",
    "people",
    "places",
    "powers",
    "quality",
    "recognition",
    "reform",
    "register",
    "registration",
    "reports",
    "roster",
    "sealed",
    "seats",
    "targets",
    "team",
    "tokens",
    "trail",
    "units",
    "visits",
    "waivers",
]
