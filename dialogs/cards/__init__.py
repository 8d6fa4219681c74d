"""Views to Adaptive Cards; each card is a pure function of its view."""
