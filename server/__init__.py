"""Serving: the web application around the schema, with its settings, guards, errors, health and metrics."""
