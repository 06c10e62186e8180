-- Who did what, from where. No foreign key: the row outlives the user, and says the name of that day.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  user_id INTEGER,
  user_name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('', 'session', 'token', 'command')),
  key_id INTEGER,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  details TEXT NOT NULL,
  address TEXT NOT NULL
);
CREATE INDEX audit_by_user ON audit (user_name, id);
CREATE INDEX audit_by_action ON audit (action, id);
CREATE INDEX audit_by_time ON audit (at);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit is never edited'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit is never edited'); END;
