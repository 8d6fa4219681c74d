"""One module per revision, numbered, oldest first."""
