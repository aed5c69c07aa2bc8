//! What scans find, and what stays when files move about.

use catalogue::UserId;
use store::{FileState, What};

use crate::kit::{ROOT, content, file, stores};

const ME: UserId = UserId::HOUSEHOLD;

#[tokio::test]
async fn a_found_file_is_a_video_with_an_entry_and_a_row() {
    for fresh in stores().await {
        let store = &fresh.store;
        let done = store.record(vec![file("shows/pilot%20one.mp4", 1)], 1, 500).await.unwrap();
        let video = done.value[0].unwrap();
        assert_eq!(done.videos, [video]);
        assert_eq!(done.changes[0].kind, "videos");
        assert_eq!(done.changes[0].body["added"][0], content(1).to_string());
        let entries = store.entries(None, 100).await.unwrap();
        assert_eq!(entries.len(), 1);
        let (number, entry) = &entries[0];
        assert_eq!(*number, video);
        assert_eq!(entry.names, ["pilot one.mp4"]);
        assert_eq!(entry.folders, ["shows"]);
        assert_eq!((entry.size, entry.copies, entry.added_ms), (1_001, 1, 500));
        assert!(entry.present && !entry.problem);
        assert_eq!(entry.audio_codecs, ["aac", "opus"]);
        assert_eq!(store.entries_of(&[video]).await.unwrap(), entries);
        let roots = ["/other".to_owned(), ROOT.to_owned()];
        let at = store.video_at(&roots, "shows/pilot%20one.mp4").await.unwrap();
        assert_eq!(at, Some((video, content(1))));
        assert_eq!(store.video_at(&roots[..1], "shows/pilot%20one.mp4").await.unwrap(), None);
        let row = store.video(ME, content(1)).await.unwrap().unwrap();
        assert_eq!(row.file.as_ref().unwrap().name, "pilot one.mp4");
        let details = store.details(ME, content(1)).await.unwrap();
        assert_eq!(details.row, row);
        assert_eq!(details.files.len(), 1);
        assert!(details.details["chapters"].is_array());
        assert_eq!(store.changes_after(0, 10).await.unwrap().unwrap(), done.changes);
    }
}

#[tokio::test]
async fn a_renamed_file_keeps_everything() {
    for fresh in stores().await {
        let store = &fresh.store;
        let video = store.record(vec![file("a.mp4", 1)], 1, 1).await.unwrap().value[0].unwrap();
        store.rate(ME, content(1), Some(4), 2).await.unwrap();
        store.favourite(ME, content(1), true, 3).await.unwrap();
        store.progress(ME, content(1), 20_000, 0, 4).await.unwrap();
        store.view(ME, content(1), 5).await.unwrap();
        store.tag(&[video], "Köln", 6).await.unwrap();
        let known = store.known(ROOT, "", 10).await.unwrap();
        let done = store.gone(&[known[0].file], 7).await.unwrap();
        assert_eq!(done.changes[0].body["removed"][0], content(1).to_string());
        assert!(!store.video(ME, content(1)).await.unwrap().unwrap().present);
        let same = store.same_state(7, 1, 1_001, 1_700_000_000_000_000_000).await.unwrap().unwrap();
        assert_eq!(same.video, video);
        let mut moved = file("b/c.mp4", 1);
        moved.what = What::Same { video, identity_version: 1 };
        let done = store.record(vec![moved], 2, 8).await.unwrap();
        assert_eq!(done.value, [Some(video)]);
        assert_eq!(done.changes[0].body["added"][0], content(1).to_string());
        let row = store.video(ME, content(1)).await.unwrap().unwrap();
        assert!(row.present);
        assert_eq!(row.personal.rating, Some(4));
        assert_eq!(row.personal.favourite_ms, Some(3));
        assert_eq!(row.personal.resume_ms, Some(20_000));
        assert_eq!((row.views, row.copies), (1, 1));
        assert_eq!(row.tags[0].name, "Köln");
        assert_eq!(row.file.unwrap().path, "b/c.mp4");
        assert_eq!(store.place_of(content(1)).await.unwrap()[0].path, "b/c.mp4");
    }
}

#[tokio::test]
async fn a_replaced_file_leaves_its_video_away_with_all_it_had() {
    for fresh in stores().await {
        let store = &fresh.store;
        store.record(vec![file("a.mp4", 1)], 1, 1).await.unwrap();
        store.rate(ME, content(1), Some(5), 2).await.unwrap();
        let done = store.record(vec![file("a.mp4", 2)], 2, 3).await.unwrap();
        let body = &done.changes[0].body;
        assert_eq!(body["added"][0], content(2).to_string());
        assert_eq!(body["removed"][0], content(1).to_string());
        let old = store.video(ME, content(1)).await.unwrap().unwrap();
        assert!(!old.present && old.file.is_none());
        assert_eq!(old.personal.rating, Some(5));
        assert_eq!(store.video(ME, content(2)).await.unwrap().unwrap().personal.rating, None);
    }
}

#[tokio::test]
async fn copies_are_one_video_and_are_listed_as_duplicates() {
    for fresh in stores().await {
        let store = &fresh.store;
        let done =
            store.record(vec![file("a.mp4", 1), file("b.mp4", 1), file("c.mp4", 2)], 1, 1).await;
        let videos = done.unwrap().value;
        assert_eq!(videos[0], videos[1]);
        let duplicates = store.duplicates(None, 10).await.unwrap();
        assert_eq!(duplicates.len(), 1);
        assert_eq!(duplicates[0].copies, 2);
        assert_eq!(store.video(ME, content(1)).await.unwrap().unwrap().title, "a.mp4");
    }
}

#[tokio::test]
async fn a_new_way_of_making_ids_loses_nothing_and_old_ids_are_understood() {
    for fresh in stores().await {
        let store = &fresh.store;
        let video = store.record(vec![file("a.mp4", 1)], 1, 1).await.unwrap().value[0].unwrap();
        store.rate(ME, content(1), Some(5), 2).await.unwrap();
        let mut again = file("a.mp4", 1);
        let What::Video(read) = &mut again.what else { panic!() };
        read.id = content(100);
        read.identity_version = 2;
        let done = store.record(vec![again], 2, 3).await.unwrap();
        assert_eq!(done.value, [Some(video)]);
        assert_eq!(store.known(ROOT, "", 9).await.unwrap()[0].identity_version, 2);
        for id in [content(1), content(100)] {
            let row = store.video(ME, id).await.unwrap().unwrap();
            assert_eq!((row.content, row.personal.rating), (content(100), Some(5)));
        }
    }
}

#[tokio::test]
async fn two_videos_that_turn_out_to_be_one_have_what_both_had() {
    for fresh in stores().await {
        let store = &fresh.store;
        let done = store.record(vec![file("a.mp4", 1), file("b.mp4", 2)], 1, 1).await.unwrap();
        let (one, two) = (done.value[0].unwrap(), done.value[1].unwrap());
        store.rate(ME, content(1), Some(5), 2).await.unwrap();
        store.favourite(ME, content(2), true, 2).await.unwrap();
        store.view(ME, content(1), 3).await.unwrap();
        store.view(ME, content(2), 4).await.unwrap();
        store.tag(&[one], "x", 5).await.unwrap();
        store.tag(&[two], "y", 5).await.unwrap();
        let mut again = [file("a.mp4", 1), file("b.mp4", 2)];
        for found in &mut again {
            let What::Video(read) = &mut found.what else { panic!() };
            read.id = content(100);
            read.identity_version = 2;
        }
        let done = store.record(again.to_vec(), 2, 6).await.unwrap();
        assert_eq!(done.value, [Some(one), Some(one)]);
        assert_eq!(done.gone, [two]);
        for id in [1, 2, 100] {
            let row = store.video(ME, content(id)).await.unwrap().unwrap();
            assert_eq!(row.content, content(100), "{}", fresh.name);
            assert_eq!((row.views, row.copies), (2, 2));
            assert_eq!(row.personal.rating, Some(5));
            assert_eq!(row.personal.favourite_ms, Some(2));
            assert_eq!(row.tags.len(), 2);
        }
    }
}

#[tokio::test]
async fn a_file_that_is_no_video_is_a_problem_with_a_reason() {
    for fresh in stores().await {
        let store = &fresh.store;
        let mut found = file("a.mp4", 1);
        found.what = What::Problem("it is cut off".to_owned());
        assert_eq!(store.record(vec![found], 1, 1).await.unwrap().value, [None]);
        let problems = store.problems(None, 10).await.unwrap();
        assert_eq!(problems[0].problem, "it is cut off");
        assert!(store.problems(Some(problems[0].at), 10).await.unwrap().is_empty());
        let done = store.record(vec![file("a.mp4", 1)], 2, 2).await.unwrap();
        assert!(done.value[0].is_some());
        assert!(store.problems(None, 10).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn known_files_come_byte_by_byte_in_pages() {
    for fresh in stores().await {
        let store = &fresh.store;
        let paths = ["B", "a", "a-b", "a/b", "aa", "%C3%A9"];
        let batch = paths.iter().zip(1..).map(|(path, number)| file(path, number)).collect();
        store.record(batch, 1, 1).await.unwrap();
        let mut sorted = paths;
        sorted.sort_unstable();
        let mut seen: Vec<String> = Vec::new();
        loop {
            let page = store.known(ROOT, seen.last().map_or("", |path| path), 2).await.unwrap();
            assert!(page.iter().all(|known| known.state == FileState::Present));
            if page.is_empty() {
                break;
            }
            seen.extend(page.into_iter().map(|known| known.path));
        }
        assert_eq!(seen, sorted);
    }
}
