-- Coordination: requests to other parties and from them, and every party's answers. Both are only added to:
-- where a request stands follows from them. An answer may come before its request.

CREATE TABLE requests (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
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
    escalated_from TEXT
);
CREATE INDEX requests_at ON requests (at, id);
CREATE INDEX requests_record ON requests (record_id, record_party) WHERE record_id IS NOT NULL;
CREATE INDEX requests_escalated ON requests (escalated_from) WHERE escalated_from IS NOT NULL;
CREATE TRIGGER requests_unchanged BEFORE UPDATE ON requests BEGIN
    SELECT raise(ABORT, 'requests are append-only');
END;

CREATE TABLE answers (
    key INTEGER PRIMARY KEY,
    request TEXT NOT NULL,
    party TEXT NOT NULL,
    state TEXT NOT NULL,
    at TEXT NOT NULL,
    text TEXT NOT NULL,
    "by" TEXT NOT NULL,
    UNIQUE (request, party, at, state, text, "by")
);
CREATE TRIGGER answers_unchanged BEFORE UPDATE ON answers BEGIN
    SELECT raise(ABORT, 'answers are append-only');
END;
