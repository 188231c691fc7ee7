"""GraphQL over HTTP: a request is read, checked against limits and rights, and answered."""
