"""The core: the words of the field, the ports, the optimiser, the store and the workflows."""
