-- Coordination: exchange. Feeds between parties: entries that stay for ever, contents beside them that can be
-- erased, what was sent and received, and the lines to other parties. Epochs below 0 are entries of this node's
-- own that a restore from a backup set aside.

CREATE TABLE feed_heads (
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    epoch INTEGER NOT NULL DEFAULT 1,
    number INTEGER NOT NULL DEFAULT 0,
    hash TEXT NOT NULL DEFAULT '',
    complete INTEGER NOT NULL DEFAULT 1,      -- the newest epoch that restates all that its feed says
    owed INTEGER NOT NULL DEFAULT 0,          -- a receipt is owed to the sender
    restart INTEGER NOT NULL DEFAULT 0,       -- the next entry must begin a new epoch
    sealed_for TEXT NOT NULL DEFAULT '',      -- the receiver's key for boxes, of an own feed
    receipted_epoch INTEGER NOT NULL DEFAULT 0,
    receipted_number INTEGER NOT NULL DEFAULT 0,
    receipted_at TEXT,
    PRIMARY KEY (sender, receiver)
) WITHOUT ROWID;

CREATE TABLE feed_entries (
    key INTEGER PRIMARY KEY,
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    at TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    signature TEXT NOT NULL,
    UNIQUE (sender, receiver, epoch, number)
);
CREATE INDEX feed_entries_subject ON feed_entries (subject, sender, receiver, epoch, number);

-- A salt and a box, encrypted for sender and receiver. Erased when withdrawn or superseded.
CREATE TABLE feed_contents (
    entry INTEGER PRIMARY KEY REFERENCES feed_entries (key) ON DELETE CASCADE,
    salt BLOB NOT NULL,
    box BLOB NOT NULL
);

-- Entries to this node that were taken and not carried out yet, but for releases and withdrawals.
CREATE TABLE feed_pending (entry INTEGER PRIMARY KEY REFERENCES feed_entries (key) ON DELETE CASCADE);

-- The public id of an own incident, the same for every receiver.
CREATE TABLE record_ids (incident TEXT PRIMARY KEY, record TEXT NOT NULL UNIQUE) WITHOUT ROWID;

CREATE TABLE sent_records (
    receiver TEXT NOT NULL,
    record TEXT NOT NULL,
    incident TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('released', 'withdrawn')),
    digest TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at TEXT NOT NULL,
    receipted TEXT,
    why TEXT NOT NULL DEFAULT '',
    field TEXT,
    PRIMARY KEY (receiver, record)
) WITHOUT ROWID;
CREATE INDEX sent_records_incident ON sent_records (incident);
CREATE INDEX sent_records_unreceipted ON sent_records (receiver, epoch, number) WHERE receipted IS NULL;

CREATE TABLE received_records (
    party TEXT NOT NULL,
    record TEXT NOT NULL,
    version INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL DEFAULT 0,     -- the highest version that is withdrawn
    state TEXT NOT NULL CHECK (state IN ('shown', 'withdrawn', 'held', 'missing')),
    epoch INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at TEXT,
    carried_out INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (party, record)
) WITHOUT ROWID;
CREATE INDEX received_records_pending ON received_records (party, epoch, number) WHERE NOT carried_out;
CREATE INDEX received_records_epoch ON received_records (party, epoch);
CREATE INDEX received_records_state ON received_records (party, state) WHERE state <> 'shown';

CREATE TABLE refused_entries (
    key INTEGER PRIMARY KEY,
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    number INTEGER NOT NULL,
    via TEXT NOT NULL,
    problem TEXT NOT NULL,
    text TEXT NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    UNIQUE (sender, receiver, epoch, number, via, problem)
);

CREATE TABLE contacts (
    party TEXT PRIMARY KEY,
    tried TEXT,
    reached TEXT,
    problem TEXT,
    etag TEXT,
    counts TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
