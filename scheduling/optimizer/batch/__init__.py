"""The batch search over a packing: greedy, dual prices, rounding, sweeps, annealing, repair."""
