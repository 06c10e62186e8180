-- What whoever wrote a search saw at that moment: its text may name what others must not know. Of older ones that is
-- not known, and '{}' is everything.
ALTER TABLE saved_searches ADD COLUMN scope TEXT NOT NULL DEFAULT '{}';
ALTER TABLE search_history ADD COLUMN scope TEXT NOT NULL DEFAULT '{}';
