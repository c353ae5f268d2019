"""Who may act for whom: delegations, the second person's yes to the right to decide, looking at another's pages."""
