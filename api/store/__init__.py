"""The API's own file, `<root>/_control/api.db`: people, sessions, tokens, the audit, searches, exports."""
