"""Everything that judges a student's work."""
