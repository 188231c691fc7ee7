"""What the API says: GraphQL types, inputs and errors, and the federated schema that is made of them."""
