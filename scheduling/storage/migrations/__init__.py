"""The revisions of the domain tables, run by ``scheduling.storage.migrate``.

A revision states the tables as they were then, in its own words: it never reads ``tables``, which
goes on changing. The engine's tables are not ours to change: no revision names one.
"""
