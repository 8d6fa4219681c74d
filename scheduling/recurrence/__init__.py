"""Templates to dates: pure, and told what the date is."""
