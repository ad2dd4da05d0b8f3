-- Coordination: parties. An article that is a party's record has the party's id, the label under which it was
-- released, and what the record says of itself. An own article has none of them, but may have a label.

ALTER TABLE articles ADD COLUMN party TEXT;
ALTER TABLE articles ADD COLUMN tlp TEXT;
ALTER TABLE articles ADD COLUMN released TEXT;
CREATE INDEX articles_party ON articles (party, id) WHERE party IS NOT NULL;
CREATE INDEX articles_tlp ON articles (tlp) WHERE tlp IS NOT NULL;
