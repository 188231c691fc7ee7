"""Webhooks: messages sent to partners, signed, in order, until they have arrived."""
