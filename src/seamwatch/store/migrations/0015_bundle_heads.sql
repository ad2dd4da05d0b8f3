-- Coordination: what a bundle tells of heads, so that a party without a line learns that it was restored.

-- Of an own feed the entry that another party has proven to hold and that is lost here; of another party's feed
-- the entry after which its sender has lost its own. 0: nothing is lost.
ALTER TABLE feed_heads ADD COLUMN lost_epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed_heads ADD COLUMN lost_number INTEGER NOT NULL DEFAULT 0;
-- When the newest bundle of the sender was made whose heads were believed.
ALTER TABLE feed_heads ADD COLUMN told_at TEXT;
