"""The web plane: people, what they may see, questions, exports, live views. Engines are reached through the factory."""
