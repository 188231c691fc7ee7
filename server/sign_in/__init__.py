"""Who a request is from: accounts of our own, API keys, an identity provider."""
