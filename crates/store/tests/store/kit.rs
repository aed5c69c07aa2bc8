//! Stores to test, and things to put into them.

use media::ContentId;
use store::{Content, Facts, Found, Location, Store, TitleFrom, What};
use tempfile::TempDir;
use testkit::Postgres;

/// An empty store, and what it lives in.
pub(crate) struct Fresh {
    pub(crate) store: Store,
    pub(crate) name: &'static str,
    pub(crate) location: Location,
    held: Held,
}

impl Fresh {
    /// Another empty database of the same kind, which nothing has opened.
    pub(crate) fn another(&self) -> Place {
        match &self.held {
            Held::Folder(_) => Place::sqlite(),
            Held::Database(_) => Place::postgres().unwrap(),
        }
    }

    /// The database, if it is one of a server.
    pub(crate) fn server(&self) -> Option<&Postgres> {
        match &self.held {
            Held::Folder(_) => None,
            Held::Database(database) => Some(database),
        }
    }
}

/// Where a database can be.
pub(crate) struct Place {
    pub(crate) location: Location,
    pub(crate) held: Held,
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        let folder = testkit::postgres::quick_folder("vidicon-store-");
        let location = Location::Sqlite(folder.path().join("library.db"));
        Self { location, held: Held::Folder(folder) }
    }

    pub(crate) fn postgres() -> Option<Self> {
        let database = Postgres::new_database()?;
        let location = database.url().parse().unwrap();
        Some(Self { location, held: Held::Database(database) })
    }

    /// One of each kind.
    pub(crate) fn each() -> Vec<Self> {
        std::iter::once(Self::sqlite()).chain(Self::postgres()).collect()
    }
}

/// What a store lives in.
pub(crate) enum Held {
    /// With a file in it.
    Folder(#[expect(dead_code, reason = "it is only kept")] TempDir),
    Database(Postgres),
}

/// One empty store of each kind.
pub(crate) async fn stores() -> Vec<Fresh> {
    let mut stores = Vec::new();
    for Place { location, held } in Place::each() {
        let store = Store::open(&location).await.unwrap();
        let name = if matches!(held, Held::Folder(_)) { "SQLite" } else { "PostgreSQL" };
        stores.push(Fresh { store, name, location, held });
    }
    stores
}

/// A content id that a number stands for.
pub(crate) fn content(number: u64) -> ContentId {
    let mut text = String::new();
    let mut rest = number;
    for _ in 0..ContentId::TEXT_LEN {
        text.insert(0, char::from(b'0' + u8::try_from(rest % 10).unwrap()));
        rest /= 10;
    }
    text.parse().unwrap()
}

pub(crate) const ROOT: &str = "/media";

/// A file of a content, whose inode is the content's number.
pub(crate) fn file(path: &str, number: u64) -> Found {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    Found {
        root: ROOT.to_owned(),
        path: path.to_owned(),
        folder: folder.to_owned(),
        size: 1_000 + number,
        modified_ns: 1_700_000_000_000_000_000,
        inode: number,
        device: 7,
        beside: 0,
        shadowed: false,
        what: What::Video(Box::new(Content {
            id: content(number),
            identity_version: 1,
            facts: facts(path.rsplit('/').next().unwrap_or(path)),
        })),
    }
}

pub(crate) fn facts(title: &str) -> Facts {
    Facts {
        title: title.to_owned(),
        title_from: TitleFrom::Name,
        duration_ms: 60_000,
        container: "mp4".to_owned(),
        width: 1920,
        height: 1080,
        frame_rate_milli: Some(25_000),
        bit_rate: Some(4_000_000),
        video_codec: Some("h264".to_owned()),
        audio_codecs: vec!["aac".to_owned(), "opus".to_owned()],
        audio_languages: vec!["en".to_owned(), "de".to_owned()],
        details: serde_json::json!({ "chapters": [] }),
        ..Facts::default()
    }
}
