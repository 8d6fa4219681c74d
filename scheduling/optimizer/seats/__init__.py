"""From chosen candidates to sessions in rooms, with prices and other times."""
