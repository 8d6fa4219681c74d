"""What a plan does to service, for people."""
