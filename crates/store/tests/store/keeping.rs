//! What else is kept: sessions, single values, jobs, pictures, imports, the last undo.

use catalogue::UserId;
use serde_json::json;
use store::{Artwork, Import, ImportFile, JobEnd, JobState, NewSession, StoreError};

use crate::kit::{content, file, stores};

const ME: UserId = UserId::HOUSEHOLD;

#[tokio::test]
async fn a_session_counts_until_it_ends_or_is_ended() {
    for fresh in stores().await {
        let store = &fresh.store;
        let mut begun = Vec::new();
        for number in 1..=3 {
            let new = NewSession {
                token_hash: &[number; 32],
                user: ME,
                role: "admin",
                ends_ms: 1_000 * i64::from(number),
                address: "192.0.2.1",
                agent: "a browser\0",
            };
            begun.push(store.new_session(new, 10).await.unwrap());
        }
        assert!(store.session(&[1; 32], 999).await.unwrap().is_some());
        assert!(store.session(&[1; 32], 1_000).await.unwrap().is_none());
        assert!(store.session(&[9; 32], 10).await.unwrap().is_none());
        store.session_used(&begun[1].id, 5_000, 20).await.unwrap();
        let sessions = store.sessions(1_500).await.unwrap();
        assert_eq!(sessions.len(), 2);
        assert_eq!((sessions[0].id.as_str(), sessions[0].ends_ms), (begun[1].id.as_str(), 5_000));
        store.end_session(&begun[1].id).await.unwrap();
        assert!(matches!(store.end_session(&begun[1].id).await, Err(StoreError::NotFound { .. })));
        assert_eq!(store.end_sessions(Some(&begun[2].id)).await.unwrap(), 1);
        assert_eq!(store.sessions(0).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_value_is_replaced_only_by_who_knows_it() {
    for fresh in stores().await {
        let store = &fresh.store;
        assert!(store.replace_meta("k", None, Some("1")).await.unwrap());
        assert!(!store.replace_meta("k", None, Some("2")).await.unwrap());
        assert!(store.replace_meta("k", Some("1"), Some("2")).await.unwrap());
        assert_eq!(store.meta("k").await.unwrap().as_deref(), Some("2"));
        store.set_meta("k", None).await.unwrap();
        assert_eq!(store.meta("k").await.unwrap(), None);
    }
}

#[tokio::test]
async fn jobs_are_listed_and_those_that_were_lost_are_interrupted() {
    for fresh in stores().await {
        let store = &fresh.store;
        let one = store.new_job("scan", Some("/media"), None, 1).await.unwrap().value;
        let two = store.new_job("pictures", None, Some(9), 2).await.unwrap().value;
        let done = store.start_job(one.id, 3).await.unwrap();
        assert_eq!(done.changes[0].kind, "job");
        assert_eq!(done.changes[0].body["state"], "running");
        let end = JobEnd {
            state: JobState::Failed,
            done: 5,
            total: Some(9),
            note: None,
            error: Some("the disk is full".to_owned()),
        };
        let ended = store.end_job(two.id, end, 4).await.unwrap().value;
        assert_eq!((ended.done, ended.state, ended.ended_ms), (5, JobState::Failed, Some(4)));
        let jobs = store.jobs(10).await.unwrap();
        assert_eq!(jobs.iter().map(|job| job.id).collect::<Vec<_>>(), [one.id, two.id]);
        assert!(matches!(store.forget_job(one.id, 5).await, Err(StoreError::Taken { .. })));
        assert!(store.job(one.id).await.unwrap().is_some(), "it is still there");
        let lost = store.interrupt_jobs(5).await.unwrap();
        assert_eq!(lost.value.len(), 1);
        assert_eq!(lost.changes[0].body["state"], "interrupted");
        assert_eq!(store.job(one.id).await.unwrap().unwrap().state, JobState::Interrupted);
        let gone = store.forget_job(one.id, 6).await.unwrap();
        assert_eq!(gone.changes[0].body["removed"], true);
        assert_eq!(store.job(one.id).await.unwrap(), None);
        assert!(matches!(store.start_job(99, 6).await, Err(StoreError::NotFound { .. })));
        assert!(matches!(store.forget_job(99, 6).await, Err(StoreError::NotFound { .. })));
    }
}

#[tokio::test]
async fn pictures_are_missing_until_they_are_made_or_known_to_fail() {
    for fresh in stores().await {
        let store = &fresh.store;
        let batch = vec![file("1.mp4", 1), file("2.mp4", 2)];
        let videos = store.record(batch, 1, 1).await.unwrap().value;
        let (one, two) = (videos[0].unwrap(), videos[1].unwrap());
        let missing = store.missing_artwork(None, 10).await.unwrap();
        assert_eq!(missing, [(one, content(1)), (two, content(2))]);
        let made = Artwork { poster: Some(json!({ "file": "x" })), ..Artwork::default() };
        assert_eq!(store.set_artwork(one, made.clone(), 2).await.unwrap().value, 1);
        let failed = Artwork { problem: Some("all black".to_owned()), ..Artwork::default() };
        store.set_artwork(two, failed, 3).await.unwrap();
        assert!(store.missing_artwork(None, 10).await.unwrap().is_empty());
        assert!(store.entries(Some(one), 10).await.unwrap()[0].1.problem);
        let problems = store.problems(None, 10).await.unwrap();
        assert_eq!(problems[0].content, Some(content(2)));
        let row = store.video(ME, content(1)).await.unwrap().unwrap();
        assert_eq!(row.artwork.unwrap().poster.unwrap()["file"], "x");
        assert_eq!(store.set_artwork(one, made, 4).await.unwrap().value, 2);
        assert_eq!(store.with_artwork(None, 10).await.unwrap().len(), 2);
        assert_eq!(store.forget_artwork(&[one, two], 5).await.unwrap().value, 2);
        assert!(store.artwork(one).await.unwrap().is_none());
        assert_eq!(store.missing_artwork(Some(one), 10).await.unwrap(), [(two, content(2))]);
    }
}

#[tokio::test]
async fn an_import_is_taken_over_once() {
    for fresh in stores().await {
        let store = &fresh.store;
        let batch = vec![file("1.mp4", 1), file("2.mp4", 2)];
        let videos = store.record(batch, 1, 1).await.unwrap().value;
        let (one, two) = (videos[0].unwrap(), videos[1].unwrap());
        store.rate(ME, content(1), Some(1), 2).await.unwrap();
        let import = Import {
            names: Vec::new(),
            ratings: vec![(one, 5), (two, 4), (two, 3)],
            favourites: vec![two, two],
            views: vec![(one, 3), (one, 4)],
            tags: vec![("old".to_owned(), vec![one, two])],
            files: vec![ImportFile {
                file: "ratings.json".to_owned(),
                digest: "d".to_owned(),
                report: json!({ "matched": 2 }),
            }],
        };
        for first in [true, false] {
            assert_eq!(store.import(ME, import.clone(), 3).await.unwrap().value, first);
            let one = store.video(ME, content(1)).await.unwrap().unwrap();
            assert_eq!((one.personal.rating, one.views, one.tags.len()), (Some(1), 7, 1));
            let two = store.video(ME, content(2)).await.unwrap().unwrap();
            assert_eq!((two.personal.rating, two.personal.favourite_ms), (Some(4), Some(3)));
        }
        assert!(store.imported("ratings.json", "d").await.unwrap());
        assert!(!store.imported("ratings.json", "e").await.unwrap());
        assert_eq!(store.imports(9).await.unwrap()[0].import.report["matched"], 2);
    }
}

#[tokio::test]
async fn the_last_thing_can_be_undone_once() {
    for fresh in stores().await {
        let store = &fresh.store;
        assert_eq!(store.undo(ME).await.unwrap(), None);
        let first = store.save_undo(ME, "Tag 3 videos", &json!({ "a": 1 }), 1).await.unwrap();
        let second = store.save_undo(ME, "Rate 2 videos", &json!({ "a": 2 }), 2).await.unwrap();
        store.forget_undo(ME, first).await.unwrap();
        let undo = store.undo(ME).await.unwrap().unwrap();
        assert_eq!((undo.label.as_str(), &undo.body["a"]), ("Rate 2 videos", &json!(2)));
        store.forget_undo(ME, second).await.unwrap();
        assert_eq!(store.undo(ME).await.unwrap(), None);
        assert!(store.save_undo(ME, "x", &json!(1), 3).await.unwrap() > second);
    }
}

#[tokio::test]
async fn there_is_a_household_and_names_are_unique() {
    for fresh in stores().await {
        let store = &fresh.store;
        let users = store.users().await.unwrap();
        assert_eq!((users[0].id, users[0].role.as_str()), (ME, "viewer"));
        let user = store.new_user("Ada", "viewer", 5).await.unwrap();
        assert_ne!(user.id, ME);
        let taken = store.new_user("Ada", "viewer", 5).await;
        assert!(matches!(taken, Err(StoreError::Taken { .. })));
    }
}
