"""What is asked of stored days and what is answered: typed, pure, shared by library, command line and web."""
