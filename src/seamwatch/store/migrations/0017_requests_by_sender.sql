-- Coordination: a request is known by who asks and its id, so that nobody can take another party's id before it
-- comes. An answer says whose request it is about; '' of one that was given before this was said.

CREATE TABLE requests_new (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    sender TEXT NOT NULL,
    receivers TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    at TEXT NOT NULL,
    deadline TEXT NOT NULL,
    priority TEXT NOT NULL,
    record_party TEXT,
    record_id TEXT,
    area TEXT,
    "by" TEXT NOT NULL,
    escalated_from TEXT,
    UNIQUE (id, sender)
);
INSERT INTO requests_new SELECT * FROM requests;
DROP TABLE requests;
ALTER TABLE requests_new RENAME TO requests;
CREATE INDEX requests_at ON requests (at, id, sender);
CREATE INDEX requests_record ON requests (record_id, record_party) WHERE record_id IS NOT NULL;
CREATE INDEX requests_escalated ON requests (escalated_from) WHERE escalated_from IS NOT NULL;
CREATE TRIGGER requests_unchanged BEFORE UPDATE ON requests BEGIN
    SELECT raise(ABORT, 'requests are append-only');
END;

CREATE TABLE answers_new (
    key INTEGER PRIMARY KEY,
    sender TEXT NOT NULL,
    request TEXT NOT NULL,
    party TEXT NOT NULL,
    state TEXT NOT NULL,
    at TEXT NOT NULL,
    text TEXT NOT NULL,
    "by" TEXT NOT NULL,
    UNIQUE (request, sender, party, at, state, text, "by")
);
INSERT INTO answers_new
SELECT a.key, coalesce((SELECT r.sender FROM requests r WHERE r.id = a.request), ''),
    a.request, a.party, a.state, a.at, a.text, a."by"
FROM answers a;
DROP TABLE answers;
ALTER TABLE answers_new RENAME TO answers;
CREATE TRIGGER answers_unchanged BEFORE UPDATE ON answers BEGIN
    SELECT raise(ABORT, 'answers are append-only');
END;
