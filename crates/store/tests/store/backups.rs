//! Backups hold everything, on either database, and harm nothing when they are bad.

use catalogue::UserId;
use serde_json::json;
use store::{Artwork, Import, ImportFile, Location, NewSession, Store, StoreError, restore};

use crate::kit::{Place, content, file, stores};

const ME: UserId = UserId::HOUSEHOLD;

/// Something of everything.
async fn fill(store: &Store) {
    let mut batch: Vec<_> =
        (1..=1_234).map(|number| file(&format!("f/ä%20{number}.mp4"), number)).collect();
    let store::What::Video(read) = &mut batch[0].what else { panic!() };
    read.facts.title = String::from("quotes \" and \\ lines\nand 語 and \u{1f600}");
    batch[2].inode = u64::MAX;
    let videos: Vec<_> =
        store.record(batch, 1, 1).await.unwrap().value.into_iter().flatten().collect();
    store.rate_all(ME, &videos, Some(3), 2).await.unwrap();
    store.favourite(ME, content(2), true, 3).await.unwrap();
    store.view(ME, content(3), 4).await.unwrap();
    store.tag(&videos[..9], "Köln", 5).await.unwrap();
    let list = store.new_playlist(ME, "Evening", 6).await.unwrap().value;
    store.add_to_playlist(ME, list.id, &videos[..3], None, 7).await.unwrap();
    let made = Artwork { poster: Some(json!({ "w": 1 })), ..Artwork::default() };
    store.set_artwork(videos[0], made, 8).await.unwrap();
    store.save_undo(ME, "x", &json!([1]), 9).await.unwrap();
    store.set_meta("k", Some("v")).await.unwrap();
    let import = ImportFile { file: "f".to_owned(), digest: "d".to_owned(), report: json!(1) };
    store.import(ME, Import { files: vec![import], ..Import::default() }, 10).await.unwrap();
    let session = NewSession {
        token_hash: &[1; 32],
        user: ME,
        role: "admin",
        ends_ms: 99,
        address: "",
        agent: "",
    };
    store.new_session(session, 1).await.unwrap();
}

/// What one sees of a store.
async fn seen(store: &Store) -> String {
    let videos: Vec<_> = store.entries(None, 9_999).await.unwrap();
    let ids: Vec<_> = videos.iter().map(|(video, _)| *video).take(1_000).collect();
    format!(
        "{videos:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        store.personals(ME, None, 9_999).await.unwrap(),
        store.videos(ME, &ids).await.unwrap(),
        store.playlists(ME).await.unwrap(),
        store.tags_all().await.unwrap(),
        store.history(ME, None, 99).await.unwrap(),
        store.undo(ME).await.unwrap(),
        store.meta("k").await.unwrap(),
        store.imports(9).await.unwrap(),
    )
}

#[tokio::test]
async fn a_backup_of_either_database_restores_into_either() {
    let folder = testkit::postgres::quick_folder("vidicon-backups-");
    for fresh in stores().await {
        fill(&fresh.store).await;
        let expected = seen(&fresh.store).await;
        let path = folder.path().join(fresh.name);
        let made = fresh.store.backup(&path, 500).await.unwrap();
        assert_eq!(made.bytes, path.metadata().unwrap().len());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        for place in Place::each() {
            let restored = restore(&path, &place.location, false, 600).await.unwrap();
            assert_eq!(restored, made);
            let store = Store::open(&place.location).await.unwrap();
            assert_eq!(seen(&store).await, expected);
            assert!(store.session(&[1; 32], 1).await.unwrap().is_none());
            // Numbers go on behind those that there are, and pages start anew.
            assert_eq!(store.changes_after(1, 9).await.unwrap(), None);
            store.record(vec![file("new.mp4", 9_999)], 2, 2).await.unwrap();
            assert!(store.last_change().await.unwrap() > 600);
            store.new_playlist(ME, "y", 2).await.unwrap();
            store.new_tag("y", None, 2).await.unwrap();
        }
        std::fs::remove_file(path).unwrap();
    }
}

#[tokio::test]
async fn what_may_get_into_other_hands_lets_nobody_in() {
    let folder = testkit::postgres::quick_folder("vidicon-backups-");
    for fresh in stores().await {
        fill(&fresh.store).await;
        fresh.store.set_meta("admin_password", Some("a hash")).await.unwrap();
        for (secrets, expected) in [(true, Some("a hash")), (false, None)] {
            let path = folder.path().join(fresh.name);
            let made = if secrets {
                fresh.store.backup(&path, 500).await
            } else {
                fresh.store.backup_without_secrets(&path, 500).await
            };
            made.unwrap();
            let place = fresh.another();
            restore(&path, &place.location, false, 600).await.unwrap();
            let store = Store::open(&place.location).await.unwrap();
            assert_eq!(store.meta("admin_password").await.unwrap().as_deref(), expected);
            assert_eq!(store.meta("k").await.unwrap().as_deref(), Some("v"));
            store.close().await;
        }
    }
}

#[tokio::test]
async fn a_restore_replaces_only_when_told_and_only_what_nobody_uses() {
    let folder = testkit::postgres::quick_folder("vidicon-backups-");
    for fresh in stores().await {
        let path = folder.path().join("backup");
        fill(&fresh.store).await;
        let expected = seen(&fresh.store).await;
        fresh.store.backup(&path, 1).await.unwrap();
        let place = fresh.another();
        let other = Store::open(&place.location).await.unwrap();
        other.record(vec![file("other.mp4", 7_777)], 1, 1).await.unwrap();
        let taken = restore(&path, &place.location, false, 2).await;
        assert!(matches!(taken, Err(StoreError::Taken { .. })), "{taken:?}");
        let used = restore(&path, &place.location, true, 2).await;
        assert!(matches!(used, Err(StoreError::Unavailable { .. })), "{used:?}");
        assert_eq!(other.entries(None, 9).await.unwrap().len(), 1);
        other.close().await;
        restore(&path, &place.location, true, 2).await.unwrap();
        let store = Store::open(&place.location).await.unwrap();
        assert_eq!(seen(&store).await, expected);
        if let Location::Sqlite(path) = &place.location {
            store.close().await;
            let files = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
            assert_eq!(files, 1);
        }
    }
}

#[tokio::test]
async fn a_bad_backup_is_refused_and_nothing_is_touched() {
    let folder = testkit::postgres::quick_folder("vidicon-backups-");
    for fresh in stores().await {
        let good = folder.path().join("good");
        fill(&fresh.store).await;
        fresh.store.backup(&good, 1).await.unwrap();
        let place = fresh.another();
        let store = Store::open(&place.location).await.unwrap();
        store.record(vec![file("mine.mp4", 7_777)], 1, 1).await.unwrap();
        store.close().await;
        let bytes = std::fs::read(&good).unwrap();
        let text = String::from_utf8(zstd::decode_all(bytes.as_slice()).unwrap()).unwrap();
        let mut flipped = bytes.clone();
        flipped[bytes.len() / 2] ^= 0x10;
        let packed = |text: &str| zstd::encode_all(text.as_bytes(), 1).unwrap();
        let without = |beginning: &str| {
            let lines: Vec<_> = text.lines().filter(|line| !line.starts_with(beginning)).collect();
            packed(&(lines.join("\n") + "\n"))
        };
        let bad = [
            ("cut", bytes[..bytes.len() * 2 / 3].to_vec()),
            ("flipped", flipped),
            ("empty", Vec::new()),
            ("text", b"hello".to_vec()),
            ("other", packed("{\"vidicon\":\"no\"}\n")),
            ("end", without("{\"end\"")),
            ("row", without("[5,")),
            ("table", packed(&text.replace("\"table\":\"tags\"", "\"table\":\"x; DROP\""))),
            ("column", packed(&text.replace("\"folded\"", "\"folded) --\""))),
            ("more", packed(&format!("{text}[]\n"))),
        ];
        for (name, bytes) in bad {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            let refused = restore(&path, &place.location, true, 2).await;
            assert!(
                matches!(refused, Err(StoreError::Corrupt { .. } | StoreError::Unavailable { .. })),
                "{name}: {refused:?}"
            );
        }
        let path = folder.path().join("newer");
        std::fs::write(&path, packed(&text.replacen("\"schema\":2", "\"schema\":3", 1))).unwrap();
        let newer = restore(&path, &place.location, true, 2).await;
        assert!(matches!(newer, Err(StoreError::Newer { found: 3, .. })), "{newer:?}");
        let store = Store::open(&place.location).await.unwrap();
        assert_eq!(store.entries(None, 9).await.unwrap()[0].1.names, ["mine.mp4"]);
    }
}

#[tokio::test]
async fn a_backup_is_of_one_moment_while_others_write() {
    for fresh in stores().await {
        fill(&fresh.store).await;
        let folder = testkit::postgres::quick_folder("vidicon-backups-");
        let path = folder.path().join("backup");
        let store = fresh.store.clone();
        let writing = tokio::spawn(async move {
            // Both or neither: a view and its play are one transaction.
            for at in 0..200 {
                store.view(ME, content(7), at).await.unwrap();
            }
        });
        let mut last = 0;
        while !writing.is_finished() {
            fresh.store.backup(&path, 1).await.unwrap();
            let place = Place::sqlite();
            restore(&path, &place.location, false, 2).await.unwrap();
            let copy = Store::open(&place.location).await.unwrap();
            let views = copy.video(ME, content(7)).await.unwrap().unwrap().views;
            let plays = copy.history(ME, None, 9_999).await.unwrap();
            let plays = plays.iter().filter(|play| play.content == content(7)).count();
            assert_eq!(views, plays as u64);
            assert!(views >= last);
            last = views;
        }
        writing.await.unwrap();
    }
}
