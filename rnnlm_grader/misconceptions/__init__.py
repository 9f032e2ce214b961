"""Small wrong variants of every answer, each with the misunderstanding behind it."""
