"""What several tests of the grader need."""
