-- Linking: what is compared of a mention, under which keys others find it, and how alike two mentions are.
-- All three follow from the mentions and the rules and can be made again. What people decide is kept for ever.

CREATE TABLE profiles (
    mention INTEGER PRIMARY KEY REFERENCES mentions (key) ON DELETE CASCADE,
    data TEXT NOT NULL
);

-- Days are ordinals (0001-01-01 is 1).
CREATE TABLE blocks (
    block INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    mention INTEGER NOT NULL REFERENCES mentions (key) ON DELETE CASCADE,
    PRIMARY KEY (block, first, last, mention)
) WITHOUT ROWID;
CREATE INDEX blocks_mention ON blocks (mention);

-- Log-odds in thousandths that two mentions tell one incident; each pair stands twice, once from each side.
CREATE TABLE links (
    mention INTEGER NOT NULL,
    other INTEGER NOT NULL,
    odds INTEGER NOT NULL,
    PRIMARY KEY (mention, other)
) WITHOUT ROWID;
CREATE TRIGGER links_removed AFTER DELETE ON mentions BEGIN
    DELETE FROM links WHERE mention IN (SELECT other FROM links WHERE mention = old.key) AND other = old.key;
    DELETE FROM links WHERE mention = old.key;
END;

-- Append-only, but for what `forget` erases. `mentions` and `others` are lists of ids of mentions.
CREATE TABLE decisions (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    mentions TEXT NOT NULL,
    others TEXT NOT NULL,
    field TEXT,
    value TEXT,
    "by" TEXT NOT NULL,
    at TEXT NOT NULL,
    why TEXT NOT NULL,
    undoes INTEGER UNIQUE REFERENCES decisions (number)
);
CREATE TRIGGER decisions_unchanged BEFORE UPDATE OF number, kind, mentions, others, field, "by", at, undoes
ON decisions BEGIN
    SELECT raise(ABORT, 'decisions are append-only');
END;
CREATE TRIGGER decisions_kept BEFORE DELETE ON decisions BEGIN
    SELECT raise(ABORT, 'decisions are append-only');
END;
CREATE TABLE decision_mentions (
    mention_id TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES decisions (number),
    PRIMARY KEY (mention_id, number)
) WITHOUT ROWID;

-- A mention of an article that a word-for-word older copy replaced, and the one that tells the same there.
CREATE TABLE stand_ins (
    mention_id TEXT PRIMARY KEY,
    stands TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX stand_ins_stands ON stand_ins (stands);

-- Articles that were forgotten: no text, no quote, no value. `digest` lets the same text be known again
-- without saying anything about it: a keyed hash.
CREATE TABLE tombstones (
    article_id TEXT PRIMARY KEY,
    "by" TEXT NOT NULL,
    at TEXT NOT NULL,
    why TEXT NOT NULL,
    digest TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX tombstones_digest ON tombstones (digest);

-- What people judged so far becomes decisions; what the rules judged becomes links.
INSERT INTO decisions (kind, mentions, others, "by", at, why)
SELECT verdict, json_array(left_id), json_array(right_id), "by", at, ''
FROM judgements j
WHERE "by" <> 'rules' AND NOT EXISTS (SELECT 1 FROM judgements s WHERE s.supersedes = j.key) ORDER BY key;
INSERT INTO decision_mentions
SELECT json_extract(mentions, '$[0]'), number FROM decisions
UNION SELECT json_extract(others, '$[0]'), number FROM decisions;
DROP TABLE judgements;

-- An incident holds its own change story.
DROP TABLE revisions;

-- Linking finds mentions by their blocks.
DROP TRIGGER mentions_added;
DROP TRIGGER mentions_removed;
DROP TABLE mention_days;
DROP TABLE mention_points;
DROP INDEX mentions_undated;
