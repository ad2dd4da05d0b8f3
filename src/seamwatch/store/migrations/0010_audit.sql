-- The audit log: append-only. Each entry holds the hash of the one before.

CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    party TEXT NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_kind ON audit (kind, number);
CREATE INDEX audit_subject ON audit (subject, number) WHERE subject <> '';
CREATE TRIGGER audit_follows BEFORE INSERT ON audit
WHEN new.number <> coalesce((SELECT max(number) FROM audit), 0) + 1
OR new.previous <> coalesce((SELECT hash FROM audit ORDER BY number DESC LIMIT 1), '') BEGIN
    SELECT RAISE(ABORT, 'the audit log: an entry does not follow the last one');
END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log can''t be changed');
END;
CREATE TRIGGER audit_remains BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log can''t be shortened');
END;

-- How far other parties' logs were verified here: a log that is shortened or told anew is caught by it.
CREATE TABLE audit_verified (
    party TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    hash TEXT NOT NULL,
    at TEXT NOT NULL
) WITHOUT ROWID;
