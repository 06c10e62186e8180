"""Exports: made by processes of the reader, spooled into files, fetched and resumed by whoever asked for them."""
