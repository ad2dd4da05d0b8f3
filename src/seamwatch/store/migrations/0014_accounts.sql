-- Who may use the desk. Of passwords only argon2id hashes are kept, of sessions and tokens only digests.

CREATE TABLE accounts (
    name TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE, -- the name without regard to case
    role TEXT NOT NULL,
    clearance TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    password TEXT,
    issuer TEXT,
    subject TEXT,
    created TEXT NOT NULL,
    UNIQUE (issuer, subject)
);

CREATE TABLE sessions (
    digest TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    created TEXT NOT NULL,
    seen TEXT NOT NULL,
    ends TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_account ON sessions (account);

CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    label TEXT NOT NULL,
    prefix TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created TEXT NOT NULL,
    ends TEXT NOT NULL,
    used TEXT
) WITHOUT ROWID;
CREATE INDEX api_tokens_account ON api_tokens (account);

-- One row at most. The client's secret is not here.
CREATE TABLE oidc (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    name TEXT NOT NULL,
    makes INTEGER NOT NULL
);
