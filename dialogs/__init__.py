"""The conversation: what people want, and what they see."""
