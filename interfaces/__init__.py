"""The control plane: one process on localhost that owns all engines, and what speaks with it."""
