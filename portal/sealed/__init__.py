"""Signed papers: the scan of a paper with signature and stamp, or a PDF that carries digital signatures."""
