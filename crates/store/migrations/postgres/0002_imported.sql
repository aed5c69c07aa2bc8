-- What was taken over from the files of older installations, name by name: whatever changes in them
-- later is told from what is known.
CREATE TABLE imported (
    folder TEXT COLLATE "C" NOT NULL,
    name   TEXT COLLATE "C" NOT NULL,
    said   TEXT COLLATE "C" NOT NULL, -- JSON
    PRIMARY KEY (folder, name)
);
