"""Events go out to the endpoints that are registered."""
