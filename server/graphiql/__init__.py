"""GraphiQL from the server's own files: a page where developers try the API, also without the internet."""
