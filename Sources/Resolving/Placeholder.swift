// Filled by a following commit.
