"""The benchmark's room: the lines it sends, the process that sends them, the measurement.

Rules: nothing here is imported by the engine; the generator runs in a process of its own and imports the standard
library only, so that what it costs is sending and nothing else.
"""
