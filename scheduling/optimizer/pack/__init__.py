"""From a lattice to a packing."""
