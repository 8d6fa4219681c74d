"""A Graph server of our own over HTTP, for the demo and the tests."""
