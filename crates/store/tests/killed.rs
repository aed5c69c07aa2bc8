//! Whoever is killed in the middle of writing has lost nothing that was acknowledged.
//!
//! The test starts itself as a child that writes and says what is written, and kills it again and
//! again at whatever moment.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Command, Stdio},
};

use catalogue::UserId;
use media::ContentId;
use store::{Content, Facts, Found, Location, Store, What};

const ME: UserId = UserId::HOUSEHOLD;
/// Set in the child: where its database is.
const CHILD: &str = "VIDICON_STORE_CHILD";
const ROUNDS: usize = 12;

fn id(number: u64) -> ContentId {
    format!("{number:026}").parse().unwrap()
}

fn found(number: u64) -> Found {
    Found {
        root: "/media".to_owned(),
        path: format!("{number}.mp4"),
        folder: String::new(),
        size: 1,
        modified_ns: 1,
        inode: number,
        device: 1,
        beside: 0,
        shadowed: false,
        what: What::Video(Box::new(Content {
            id: id(number),
            identity_version: 1,
            facts: Facts { title: number.to_string(), ..Facts::default() },
        })),
    }
}

/// The child: goes on where the last one was killed, and says a number when all of it is written.
#[test]
fn child() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(&Location::Sqlite(PathBuf::from(path))).await.unwrap();
        let first = store.entries(None, 10_000).await.unwrap().len() as u64;
        for number in (first / 3).. {
            let batch = (number * 3..number * 3 + 3).map(found).collect();
            store.record(batch, 1, 1).await.unwrap();
            store.view(ME, id(number * 3), 2).await.unwrap();
            store.rate(ME, id(number * 3 + 1), Some(5), 3).await.unwrap();
            let mut out = std::io::stdout().lock();
            writeln!(out, "written {number}").unwrap();
            out.flush().unwrap();
        }
    });
}

#[tokio::test]
async fn what_was_acknowledged_survives_being_killed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let mut acknowledged: Vec<u64> = Vec::new();
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture"])
            .env(CHILD, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let numbers = |line: String| line.strip_prefix("written ")?.parse::<u64>().ok();
        let some = lines.by_ref().map_while(Result::ok).filter_map(numbers).take(1 + round * 2);
        acknowledged.extend(some);
        // SIGKILL, in the middle of what comes next.
        child.kill().unwrap();
        child.wait().unwrap();
        // What it said before it died was written, too.
        acknowledged.extend(lines.map_while(Result::ok).filter_map(numbers));

        let store = Store::open(&Location::Sqlite(path.clone())).await.unwrap();
        let entries = store.entries(None, 10_000).await.unwrap();
        assert_eq!(entries.len() % 3, 0, "half a batch");
        for number in &acknowledged {
            for part in 0..3 {
                assert!(store.number_of(id(number * 3 + part)).await.unwrap().is_some());
            }
            let viewed = store.video(ME, id(number * 3)).await.unwrap().unwrap();
            assert_eq!((viewed.views, store.place_of(viewed.content).await.unwrap().len()), (1, 1));
            let rated = store.video(ME, id(number * 3 + 1)).await.unwrap().unwrap();
            assert_eq!(rated.personal.rating, Some(5));
        }
        // A view and its line in the journal are one: no line is missing, none is of nothing.
        let views: u64 = entries.iter().map(|(_, entry)| entry.views).sum();
        let journal = store.changes_after(0, 10_000).await.unwrap().unwrap();
        let lines = journal.iter().filter(|change| change.kind == "views").count();
        assert_eq!(views, lines as u64);
        store.close().await;
    }
    assert!(acknowledged.len() >= ROUNDS * ROUNDS);
}
