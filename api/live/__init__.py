"""The live side: one WebSocket, on which somebody subscribes to the engines' state, to events, and to arriving rows."""
