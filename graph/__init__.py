"""Microsoft 365 behind ports.Calendar and ports.Directory, and a stand-in Graph server."""
