"""Invitations by mail (iTIP) behind ports.Calendar, for where there is no Microsoft 365 tenant."""
