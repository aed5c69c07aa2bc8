//! Stores to test, and things to put into them.

use media::ContentId;
use store::{Content, Facts, Found, Location, Store, TitleFrom, What};
use tempfile::TempDir;

/// An empty store, and what it lives in.
pub(crate) struct Fresh {
    pub(crate) store: Store,
    pub(crate) name: &'static str,
    _folder: TempDir,
}

/// One empty store of each kind.
pub(crate) async fn stores() -> Vec<Fresh> {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(folder.path().join("library.db"));
    let store = Store::open(&location).await.unwrap();
    vec![Fresh { store, name: "SQLite", _folder: folder }]
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
