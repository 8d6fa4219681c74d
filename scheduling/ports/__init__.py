"""What the core asks of the world, and the error family of each port."""
