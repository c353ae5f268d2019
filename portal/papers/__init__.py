"""Room of the papers: the portal's documents as PDF and DOCX, its tables as XLSX, CSV and PDF.

`data.py` holds one data set per document, `documents.py` one function per document, `templates/print/`
the wording and the layout of Decree 30/2020; none of these reads a clock or a request, and of the database only
what the Department put in force at the places of `texts.py` (`speaking.py`; `text_views.py` governs them).
`content.py` and `building*.py` make the data sets from the rows of the other rooms, `shelf.py` lists the
papers of a dossier, `views.py` and `pages.py` show them. `pdf.py` and `word.py` write the two formats.
"""
