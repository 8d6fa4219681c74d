"""Durable promises, and the desk that takes them; the only package that knows the engine."""
