"""Doing: the verbs on a dispute. Each is one transaction: the change, its events, audit and outbox."""
