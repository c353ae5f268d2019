"""The kinds of jobs; a new one is an entry here."""

from __future__ import annotations

from portal.jobs.batch import Batch

from . import imports
from .archive import Archive
from .certificates import Certificates, CertificateTexts
from .comparing import SameFigures
from .decision import DecisionFiles
from .dossier import WholeDossier
from .lists import Lists

BATCHES: dict[str, Batch] = {
    batch.name: batch
    for batch in (
        Certificates(),
        CertificateTexts(),
        DecisionFiles(),
        Archive(),
        Lists(),
        WholeDossier(),
        SameFigures(),
        *imports.BATCHES,
    )
}
