"""The demo: an invented region to try the platform in. Nobody in it exists."""
