"""A draft tried on the disputes that are stored: what it would decide otherwise."""
