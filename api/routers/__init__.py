"""One module a family of routes; each has a `router`."""
