"""Learning: who needs which course, in how many seats, and who goes first where seats are short."""
