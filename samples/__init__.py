"""Small documents that the project makes itself, each with the rows that must come out of it."""
