"""The sentences that the grammar is held to, and what each means."""
