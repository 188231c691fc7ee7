"""Subscriptions: one reader of the feed, those who listen, and the two ways by which they are told."""
