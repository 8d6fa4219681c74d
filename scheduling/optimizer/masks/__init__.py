"""One named rule per mask: which starts break which rules, and what they cost."""
