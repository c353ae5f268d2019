"""What the district itself did in a year: guiding documents, publicity, training, checks."""
