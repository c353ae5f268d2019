"""Results of the years before the portal, each on the scale it was given on."""
