"""The way in and out of Teams; the only package that knows the Bot Framework."""
