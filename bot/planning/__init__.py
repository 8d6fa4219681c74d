"""The optimiser on the command line: problem and plan files, and four commands."""
