"""What the API answers, on both databases."""
