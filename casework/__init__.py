"""Doing: the verbs on a dispute. Each is one transaction that writes the change, its events, audit and outbox."""
