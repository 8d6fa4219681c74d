"""A Teams of our own over real HTTP: it plays the demo in a terminal, and the tests."""
