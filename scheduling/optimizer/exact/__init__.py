"""Searches with CP-SAT: by price, by cells, by neighbourhoods, and who loses to whom."""
