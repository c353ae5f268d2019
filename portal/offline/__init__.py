"""Working where the line is weak: what a browser needs to keep an opened dossier at hand."""
