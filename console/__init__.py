"""The web pages for clerks and newcomers: each asks the API one named operation and shows the answer."""
