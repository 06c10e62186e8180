-- Exports that are made or can be fetched; their bytes are files of the same name beside the database. asked is the
-- request as its owner sent it, request the same of what he saw at that moment (scope), with its time range resolved.
CREATE TABLE exports (
  id TEXT PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  format TEXT NOT NULL,
  asked TEXT NOT NULL,
  request TEXT NOT NULL,
  scope TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  error TEXT NOT NULL DEFAULT '',
  rows INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL
);
CREATE INDEX exports_by_user ON exports (user_id, created_at);
