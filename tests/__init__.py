"""The suite. Its folders mirror the rooms; `journeys` holds whole stories."""
