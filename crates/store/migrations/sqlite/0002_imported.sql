-- What was taken over from the files of older installations, name by name: whatever changes in them
-- later is told from what is known.
CREATE TABLE imported (
    folder TEXT NOT NULL,
    name   TEXT NOT NULL,
    said   TEXT NOT NULL, -- JSON
    PRIMARY KEY (folder, name)
) STRICT, WITHOUT ROWID;
