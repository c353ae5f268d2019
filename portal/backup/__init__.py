"""Backup and restore, of the whole installation and of one place: one file each, one command each."""
