"""Chaos: workers killed, the database restarted, remotes at fault; and a ledger that saw it all."""
