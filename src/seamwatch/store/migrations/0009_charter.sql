-- Charters, notices, and who this node is.

CREATE TABLE own_party (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    json TEXT NOT NULL
);

-- Versions and notices with the signatures that are known here. `mark` counts changes.
CREATE TABLE charters (
    digest TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    json TEXT NOT NULL,
    mark INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE notices (
    digest TEXT PRIMARY KEY,
    json TEXT NOT NULL,
    mark INTEGER NOT NULL
) WITHOUT ROWID;

-- This node signs one proposal of each number. What was signed is never taken back.
CREATE TABLE charter_signed (
    version INTEGER PRIMARY KEY,
    digest TEXT NOT NULL
);
CREATE TRIGGER charter_signed_stays BEFORE UPDATE ON charter_signed BEGIN
    SELECT RAISE(ABORT, 'a signature on a charter can''t be changed');
END;
CREATE TRIGGER charter_signed_remains BEFORE DELETE ON charter_signed BEGIN
    SELECT RAISE(ABORT, 'a signature on a charter can''t be removed');
END;
