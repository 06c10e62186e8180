-- Engines are one JSON object each: their shape is the models', and nothing is asked of it in SQL.
CREATE TABLE engines (name TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE class_versions (
  class TEXT NOT NULL,
  version INTEGER NOT NULL,
  fields TEXT NOT NULL,
  digest TEXT NOT NULL,
  at INTEGER NOT NULL,
  author TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (class, version)
) WITHOUT ROWID;
-- a class that was removed keeps its versions: the next one of that name goes on counting
CREATE TABLE classes (name TEXT PRIMARY KEY, place INTEGER NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID;
-- one row: the configuration file as it was last taken over
CREATE TABLE taken_file (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL, taken TEXT NOT NULL);
CREATE TABLE events (id INTEGER PRIMARY KEY, engine TEXT NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL);
CREATE INDEX events_by_engine ON events (engine, id);
