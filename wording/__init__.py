"""What Lianxi says to people, in Chinese and English: one catalogue (gettext .po) a room and language."""
