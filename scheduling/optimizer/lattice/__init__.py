"""A problem laid out per slot of the grid, and sessions laid on it."""
