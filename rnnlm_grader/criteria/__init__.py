"""What each exercise asks for: its specification, its criteria and their points, and what is lent to its answers."""
