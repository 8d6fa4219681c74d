"""The contact centre that all stand-ins share, and its generator."""
