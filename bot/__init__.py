"""The Teams edge and the composition root: HTTP, sign-in checks, sending, settings, CLI."""
