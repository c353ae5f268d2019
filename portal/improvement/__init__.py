"""From one year to the next: what the district asks for next time, and the unit's own plan to improve."""
