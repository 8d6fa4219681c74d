"""The optimiser: a Problem in, a Plan out, with reasons. Pure; no clock, no I/O."""
