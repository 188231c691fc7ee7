"""What the API says: its SDL, descriptions, enums and scalars."""
