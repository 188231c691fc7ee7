"""What the rows of a policy do to each other: rows that never decide, rows that contradict, gaps."""
