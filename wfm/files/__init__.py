"""CSV or Excel in, change file out."""
