-- Labels that people gave to own articles: append-only, but for a reason that `forget` may erase. What holds
-- stands in articles.tlp; `before` is what held until then. `about` is the id that was named.

CREATE TABLE label_orders (
    number INTEGER PRIMARY KEY,
    about TEXT NOT NULL,
    tlp TEXT,
    "by" TEXT NOT NULL,
    at TEXT NOT NULL,
    why TEXT NOT NULL,
    undoes INTEGER REFERENCES label_orders (number)
);
CREATE TABLE label_order_articles (
    number INTEGER NOT NULL REFERENCES label_orders (number),
    article TEXT NOT NULL,
    before TEXT,
    after TEXT,
    PRIMARY KEY (number, article)
) WITHOUT ROWID;
CREATE INDEX label_order_articles_article ON label_order_articles (article, number);
CREATE TRIGGER label_orders_unchanged
BEFORE UPDATE OF number, about, tlp, "by", at, undoes ON label_orders BEGIN
    SELECT raise(ABORT, 'labels are append-only');
END;
CREATE TRIGGER label_orders_kept BEFORE DELETE ON label_orders BEGIN
    SELECT raise(ABORT, 'labels are append-only');
END;
CREATE TRIGGER label_order_articles_unchanged BEFORE UPDATE ON label_order_articles BEGIN
    SELECT raise(ABORT, 'labels are append-only');
END;
CREATE TRIGGER label_order_articles_kept BEFORE DELETE ON label_order_articles BEGIN
    SELECT raise(ABORT, 'labels are append-only');
END;

-- A reason may tell of an article that is erased: it goes with it.
CREATE TRIGGER articles_removed_labels AFTER DELETE ON articles BEGIN
    UPDATE label_orders SET why = ''
    WHERE number IN (SELECT number FROM label_order_articles WHERE article = old.id);
END;
