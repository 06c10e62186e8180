"""The live side: one WebSocket, on which somebody subscribes to the engines' state, to events, and to arriving rows."""

from __future__ import annotations

# why the sieve gives a watch up: words that both of its sides know, where neither loads what the other needs
TOO_SLOW, DEFECT = "too_slow", "internal"
