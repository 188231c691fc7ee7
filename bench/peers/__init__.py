"""The servers that `lianxi bench graphql` compares with."""
