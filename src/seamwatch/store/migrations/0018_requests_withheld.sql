-- Coordination: of an own request that was asked on, the parties that its words did not go to.

ALTER TABLE requests ADD COLUMN withheld TEXT NOT NULL DEFAULT '[]';
