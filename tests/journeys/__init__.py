"""Whole stories, told through the GraphQL API."""
