"""The densest parts of the compiler once more, as plain Python over lists of rows: slow, and read in a minute each."""
