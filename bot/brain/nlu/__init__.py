"""Understanding: what a message wants, on which platform, with which data."""
