"""How the API answers: rows and the statements that fetch them, loaders, and thin calls of casework."""
