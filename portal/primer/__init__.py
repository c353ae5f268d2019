"""What a learning unit is, for everybody: the criteria in plain words, the figures of every year, where to turn."""
