-- Which articles tell which incidents, by numbers: a search in the words of the articles leads to incidents
-- in one step where four were needed. It follows from the mentions; the triggers keep it in step with them.

CREATE TABLE told_in (
    article INTEGER NOT NULL REFERENCES articles (key) ON DELETE CASCADE,
    incident INTEGER NOT NULL REFERENCES incidents (key) ON DELETE CASCADE,
    PRIMARY KEY (article, incident)
) WITHOUT ROWID;
CREATE INDEX told_in_incident ON told_in (incident, article);

CREATE TRIGGER incident_mentions_told AFTER INSERT ON incident_mentions BEGIN
    INSERT OR IGNORE INTO told_in
    SELECT a.key, i.key FROM mentions m JOIN articles a ON a.id = m.article_id JOIN incidents i
    ON i.id = new.incident_id WHERE m.id = new.mention_id;
END;
CREATE TRIGGER incident_mentions_untold AFTER DELETE ON incident_mentions BEGIN
    DELETE FROM told_in WHERE incident = (SELECT key FROM incidents WHERE id = old.incident_id)
    AND article NOT IN (
        SELECT a.key FROM incident_mentions o JOIN mentions m ON m.id = o.mention_id
        JOIN articles a ON a.id = m.article_id WHERE o.incident_id = old.incident_id
    );
END;

INSERT INTO told_in
SELECT DISTINCT a.key, i.key FROM incident_mentions o JOIN mentions m ON m.id = o.mention_id
JOIN articles a ON a.id = m.article_id JOIN incidents i ON i.id = o.incident_id ORDER BY 1, 2;
