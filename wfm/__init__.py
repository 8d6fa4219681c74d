"""One folder per workforce-management system behind ports.Wfm."""
