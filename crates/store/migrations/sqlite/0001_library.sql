-- The library as of its first release. Times are milliseconds since 1970 (UTC); lists of words are
-- separated by commas; flags are 0 and 1. The PostgreSQL file beside this one says the same.
-- Nothing is deleted with what it refers to: a row that would be lost is an error.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE users (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL UNIQUE,
    role       TEXT NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;

-- Whoever has not said who they are.
INSERT INTO users (id, name, role, created_ms) VALUES (1, 'household', 'viewer', 0);

-- A content, however many files hold it.
CREATE TABLE videos (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    content          TEXT NOT NULL UNIQUE,
    identity         INTEGER NOT NULL, -- the way in which `content` was made
    title            TEXT NOT NULL,
    title_from       INTEGER NOT NULL, -- 0 name, 1 tag, 2 sidecar, 3 user
    edited           INTEGER NOT NULL, -- bits of what the user wrote: 1 title, 2 description, 4 made_ms
    description      TEXT,
    duration_ms      INTEGER NOT NULL,
    container        TEXT NOT NULL,
    width            INTEGER NOT NULL,
    height           INTEGER NOT NULL,
    frame_rate_milli INTEGER,
    bit_rate         INTEGER,
    video_codec      TEXT,
    audio_codecs     TEXT NOT NULL,
    audio_languages  TEXT NOT NULL,
    text_languages   TEXT NOT NULL,
    hdr              TEXT,
    views            INTEGER NOT NULL,
    hidden           INTEGER NOT NULL,
    added_ms         INTEGER NOT NULL,
    made_ms          INTEGER,
    present          INTEGER NOT NULL,
    version          INTEGER NOT NULL
) STRICT;

-- Apart, because going over all videos must not read it.
CREATE TABLE details (
    video INTEGER PRIMARY KEY REFERENCES videos (id),
    body  TEXT NOT NULL
) STRICT;

-- Ids under which a video was known before.
CREATE TABLE aliases (
    content TEXT PRIMARY KEY,
    video   INTEGER NOT NULL REFERENCES videos (id)
) STRICT;
CREATE INDEX aliases_video ON aliases (video);

CREATE TABLE files (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    video       INTEGER REFERENCES videos (id),
    root        TEXT NOT NULL,
    path        TEXT NOT NULL,    -- percent-encoded, below the root
    folder      TEXT NOT NULL,    -- the same without the name; '' is the top
    name        TEXT NOT NULL,    -- the name, percent-encoded
    size        INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    inode       INTEGER NOT NULL,
    device      INTEGER NOT NULL,
    state       INTEGER NOT NULL, -- 0 present, 1 away, 2 shadowed by another root's
    problem     TEXT,
    identity    INTEGER NOT NULL, -- the way in which its content's id was made; 0 none
    found_ms    INTEGER NOT NULL,
    seen        INTEGER NOT NULL, -- the scan that saw it last
    beside      INTEGER NOT NULL, -- a digest of the files that lie beside it and speak of it; 0 none
    UNIQUE (root, path)
) STRICT;
CREATE INDEX files_path ON files (path);
CREATE INDEX files_name ON files (name);
CREATE INDEX files_video ON files (video, state);
CREATE INDEX files_inode ON files (inode, size);
CREATE INDEX files_problem ON files (id) WHERE problem IS NOT NULL;

CREATE TABLE personal (
    user_id      INTEGER NOT NULL REFERENCES users (id),
    video        INTEGER NOT NULL REFERENCES videos (id),
    rating       INTEGER, -- 1 to 5
    favourite_ms INTEGER,
    watched_ms   INTEGER,
    resume_ms    INTEGER, -- a position
    played_ms    INTEGER,
    plays        INTEGER NOT NULL,
    PRIMARY KEY (user_id, video)
) STRICT;
CREATE INDEX personal_video ON personal (video);

CREATE TABLE plays (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id     INTEGER NOT NULL REFERENCES users (id),
    video       INTEGER NOT NULL REFERENCES videos (id),
    started_ms  INTEGER NOT NULL,
    position_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX plays_user ON plays (user_id, id);
CREATE INDEX plays_video ON plays (video, user_id, id);

CREATE TABLE tags (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    name    TEXT NOT NULL,
    folded  TEXT NOT NULL UNIQUE,
    colour  TEXT,
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE video_tags (
    video INTEGER NOT NULL REFERENCES videos (id),
    tag   INTEGER NOT NULL REFERENCES tags (id),
    PRIMARY KEY (video, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX video_tags_tag ON video_tags (tag);

CREATE TABLE playlists (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id    INTEGER NOT NULL REFERENCES users (id),
    name       TEXT NOT NULL,
    version    INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE playlist_items (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    playlist INTEGER NOT NULL REFERENCES playlists (id),
    video    INTEGER NOT NULL REFERENCES videos (id),
    rank     INTEGER NOT NULL
) STRICT;
CREATE INDEX playlist_items_rank ON playlist_items (playlist, rank, id);
CREATE INDEX playlist_items_video ON playlist_items (video);

-- What happened, in order; only the newest are kept.
CREATE TABLE changes (
    seq   INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    kind  TEXT NOT NULL,
    body  TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE, -- by which it is listed and ended
    user_id    INTEGER NOT NULL REFERENCES users (id),
    role       TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    used_ms    INTEGER NOT NULL,
    ends_ms    INTEGER NOT NULL,
    address    TEXT NOT NULL,
    agent      TEXT NOT NULL
) STRICT;

CREATE TABLE jobs (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL,
    state      TEXT NOT NULL,
    subject    TEXT,
    done       INTEGER NOT NULL,
    total      INTEGER,
    note       TEXT,
    error      TEXT,
    created_ms INTEGER NOT NULL,
    started_ms INTEGER,
    ended_ms   INTEGER
) STRICT;
CREATE INDEX jobs_state ON jobs (state, id);

CREATE TABLE artwork (
    video      INTEGER PRIMARY KEY REFERENCES videos (id),
    poster     TEXT,
    storyboard TEXT,
    preview    TEXT,
    problem    TEXT,
    version    INTEGER NOT NULL,
    made_ms    INTEGER NOT NULL
) STRICT;
CREATE INDEX artwork_problem ON artwork (video) WHERE problem IS NOT NULL;

CREATE TABLE imports (
    file   TEXT NOT NULL,
    digest TEXT NOT NULL,
    at_ms  INTEGER NOT NULL,
    report TEXT NOT NULL,
    PRIMARY KEY (file, digest)
) STRICT;

CREATE TABLE undos (
    user_id INTEGER PRIMARY KEY REFERENCES users (id),
    id      INTEGER NOT NULL,
    at_ms   INTEGER NOT NULL,
    label   TEXT NOT NULL,
    body    TEXT NOT NULL
) STRICT;
