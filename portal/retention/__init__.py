"""What is kept how long, what is erased when its day has come, and a person's data erased on request."""
