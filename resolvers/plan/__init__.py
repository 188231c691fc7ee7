"""Query plans: an operation compiled once into set-based statements and an assembler of their rows."""
