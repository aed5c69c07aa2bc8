//! What people do with videos: stars, hearts, resume points, tags, words.

use catalogue::{Personal, UserId, VideoId};
use store::{Edit, Store, StoreError, TitleFrom, What};

use crate::kit::{content, file, stores};

const ME: UserId = UserId::HOUSEHOLD;

async fn with_videos(store: &Store, count: u64) -> Vec<VideoId> {
    let batch = (1..=count).map(|number| file(&format!("{number}.mp4"), number)).collect();
    let videos = store.record(batch, 1, 1).await.unwrap().value;
    videos.into_iter().flatten().collect()
}

#[tokio::test]
async fn stars_are_given_changed_and_taken_away() {
    for fresh in stores().await {
        let store = &fresh.store;
        let videos = with_videos(store, 2).await;
        let done = store.rate(ME, content(1), Some(3), 5).await.unwrap();
        assert_eq!(done.value.rating, Some(3));
        assert_eq!(done.videos, [videos[0]]);
        assert_eq!(done.changes[0].kind, "rating");
        assert_eq!(done.changes[0].body["rating"], 3);
        store.rate(ME, content(1), Some(5), 6).await.unwrap();
        let personals = store.personals(ME, None, 10).await.unwrap();
        assert_eq!(personals.len(), 1);
        assert_eq!(personals[0].1.rating, Some(5));
        store.rate(ME, content(1), None, 7).await.unwrap();
        assert_eq!(store.personals_of(ME, &videos).await.unwrap()[0].1.rating, None);
        for wrong in [0, 6] {
            let refused = store.rate(ME, content(1), Some(wrong), 8).await;
            assert!(matches!(refused, Err(StoreError::Refused { .. })));
        }
        let unknown = store.rate(ME, content(9), Some(1), 8).await;
        assert!(matches!(unknown, Err(StoreError::NotFound { .. })));
    }
}

#[tokio::test]
async fn a_film_that_is_nearly_over_counts_as_watched() {
    for fresh in stores().await {
        let store = &fresh.store;
        with_videos(store, 1).await;
        let half = store.progress(ME, content(1), 30_000, 60_000, 10).await.unwrap().value;
        assert_eq!((half.resume_ms, half.watched_ms), (Some(30_000), None));
        let end = store.progress(ME, content(1), 54_000, 0, 20).await.unwrap().value;
        assert_eq!((end.resume_ms, end.watched_ms, end.played_ms), (None, Some(20), Some(20)));
        let again = store.progress(ME, content(1), 1_000, 0, 30).await.unwrap().value;
        assert_eq!((again.resume_ms, again.watched_ms), (Some(1_000), Some(20)));
        let not = store.watched(ME, content(1), false, 40).await.unwrap().value;
        assert_eq!((not.resume_ms, not.watched_ms), (None, None));
        let history = store.history(ME, None, 10).await.unwrap();
        assert_eq!(history.len(), 1);
        assert_eq!((history[0].started_ms, history[0].position_ms), (10, 1_000));
    }
}

#[tokio::test]
async fn views_are_counted_and_make_history() {
    for fresh in stores().await {
        let store = &fresh.store;
        with_videos(store, 2).await;
        assert_eq!(store.view(ME, content(1), 1).await.unwrap().value, 1);
        assert_eq!(store.view(ME, content(1), 2).await.unwrap().value, 2);
        let done = store.view(ME, content(2), 3).await.unwrap();
        assert_eq!(done.changes[0].kind, "views");
        assert_eq!(done.changes[0].body["views"], 1);
        let history = store.history(ME, None, 2).await.unwrap();
        assert_eq!(history.iter().map(|play| play.started_ms).collect::<Vec<_>>(), [3, 2]);
        let rest = store.history(ME, Some(history[1].id), 9).await.unwrap();
        assert_eq!(rest[0].started_ms, 1);
    }
}

#[tokio::test]
async fn many_videos_are_marked_at_once_and_back_again() {
    for fresh in stores().await {
        let store = &fresh.store;
        let videos = with_videos(store, 1_500).await;
        store.rate(ME, content(1), Some(2), 2).await.unwrap();
        let before = store.personals_of(ME, &videos).await.unwrap();
        let done = store.rate_all(ME, &videos, Some(4), 3).await.unwrap();
        assert_eq!((done.value, done.videos.len()), (1_500, 1_500));
        // So many are not named.
        assert_eq!(done.changes[0].kind, "reset");
        let done = store.favourite_all(ME, &videos[..3], true, 4).await.unwrap();
        assert_eq!(done.changes[0].body["changed"].as_array().unwrap().len(), 3);
        store.watched_all(ME, &videos, true, 5).await.unwrap();
        let all = store.personals_of(ME, &videos).await.unwrap();
        assert!(all.iter().all(|(_, mine)| mine.rating == Some(4) && mine.watched_ms == Some(5)));
        let mut old: Vec<_> = videos.iter().map(|video| (*video, Personal::default())).collect();
        old[0] = before[0];
        store.set_personals(ME, &old, 6).await.unwrap();
        assert_eq!(store.personals_of(ME, &videos).await.unwrap(), old);
    }
}

#[tokio::test]
async fn an_edit_of_an_old_version_is_refused_and_a_scan_keeps_what_was_written() {
    for fresh in stores().await {
        let store = &fresh.store;
        with_videos(store, 1).await;
        let version = store.video(ME, content(1)).await.unwrap().unwrap().version;
        let edit = Edit {
            title: Some("  Der   Film ".to_owned()),
            description: Some(Some("good".to_owned())),
            made_ms: Some(Some(-5)),
            ..Edit::default()
        };
        let done = store.edit(content(1), edit, Some(version), 2).await.unwrap();
        assert_eq!(done.value, version + 1);
        let hide = Edit { hidden: Some(true), ..Edit::default() };
        let old = store.edit(content(1), hide.clone(), Some(version), 3).await;
        assert!(matches!(old, Err(StoreError::Conflict { current }) if current == version + 1));
        store.edit(content(1), hide, None, 4).await.unwrap();
        let mut again = file("1.mp4", 1);
        let What::Video(read) = &mut again.what else { panic!() };
        read.facts.duration_ms = 61_000;
        read.facts.description = Some("from the file".to_owned());
        read.facts.made_ms = Some(7);
        store.record(vec![again], 2, 5).await.unwrap();
        let row = store.video(ME, content(1)).await.unwrap().unwrap();
        assert_eq!((row.title.as_str(), row.title_from), ("Der Film", TitleFrom::User));
        assert_eq!((row.description.as_deref(), row.made_ms), (Some("good"), Some(-5)));
        assert_eq!((row.hidden, row.duration_ms), (true, 61_000));
        assert!(store.entries(None, 9).await.unwrap()[0].1.hidden);
    }
}

#[tokio::test]
async fn tags_are_one_whatever_their_case() {
    for fresh in stores().await {
        let store = &fresh.store;
        let videos = with_videos(store, 3).await;
        let (one, count) = store.tag(&videos[..2], " Café ", 2).await.unwrap().value;
        assert_eq!((one.name.as_str(), count), ("Café", 2));
        let (same, count) = store.tag(&videos, "CAFE\u{301}", 3).await.unwrap().value;
        assert_eq!((same.id, same.count, count), (one.id, 3, 1));
        assert!(store.tag(&videos, "", 3).await.is_err());
        assert!(store.tag(&videos, "a\nb\u{7}", 3).await.is_err());
        let taken = store.new_tag("café", None, 4).await;
        assert!(matches!(taken, Err(StoreError::Taken { .. })));
        let other = store.new_tag("other", Some("#ff0000"), 4).await.unwrap().value;
        let taken = store.edit_tag(other.id, Some("cafÉ"), None, None, 5).await;
        assert!(matches!(taken, Err(StoreError::Taken { .. })));
        let old = store.edit_tag(one.id, Some("Bar"), None, Some(99), 5).await;
        assert!(matches!(old, Err(StoreError::Conflict { .. })));
        let done =
            store.edit_tag(one.id, Some("CAFÉ"), Some(Some("red")), Some(1), 5).await.unwrap();
        assert_eq!((done.value.name.as_str(), done.value.version), ("CAFÉ", 2));
        assert_eq!(done.videos, videos);
        assert_eq!(store.tag_named("café").await.unwrap().unwrap().id, one.id);
        assert_eq!(store.untag(&videos[..1], "cafe\u{301}", 6).await.unwrap().value, 1);
        let named = ["x".to_owned(), "Other".to_owned(), "X".to_owned()];
        let tags = store.set_tags(content(1), &named, 7).await.unwrap().value;
        assert_eq!(tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["other", "x"]);
        let merged = store.merge_tags(other.id, one.id, 8).await.unwrap();
        assert_eq!((merged.value.count, merged.videos), (3, vec![videos[0]]));
        let entry = &store.entries(None, 1).await.unwrap()[0].1;
        let names: Vec<_> = entry.tags.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names, ["CAFÉ", "x"]);
        store.delete_tag(one.id, 9).await.unwrap();
        assert!(matches!(store.delete_tag(one.id, 9).await, Err(StoreError::NotFound { .. })));
        let left = store.tags_all().await.unwrap();
        assert_eq!(
            left.iter().map(|tag| (tag.name.as_str(), tag.count)).collect::<Vec<_>>(),
            [("x", 1)]
        );
    }
}

#[tokio::test]
async fn the_journal_tells_what_came_after_and_says_when_it_does_not_know() {
    for fresh in stores().await {
        let store = &fresh.store;
        assert_eq!(store.last_change().await.unwrap(), 0);
        assert_eq!(store.changes_after(0, 10).await.unwrap(), Some(Vec::new()));
        with_videos(store, 1).await;
        let first = store.last_change().await.unwrap();
        let done = store.rate(ME, content(1), Some(1), 77).await.unwrap();
        assert_eq!(store.changes_after(first, 10).await.unwrap(), Some(done.changes));
        assert_eq!(store.changes_after(first + 100, 10).await.unwrap(), None);
    }
}
