//! What the library knows of folders in which things happen.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use catalogue::{Position, Query, UserId};
use delivery::{
    Folders, Symlinks,
    films::{FilmSettings, Films},
};
use library::{Action, Library, Options, Selection, Times};
use store::{Location, VideoRow};
use testkit::clips::{Clips, Container};

const USER: UserId = UserId::HOUSEHOLD;

struct Place {
    media: tempfile::TempDir,
    data: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { media: tempfile::tempdir().unwrap(), data: tempfile::tempdir().unwrap() }
    }

    /// Puts a clip there that was written long ago.
    fn put(&self, name: &str) {
        put(self.media.path(), name, Container::Mp4);
    }

    async fn open(&self) -> Library {
        self.open_with(vec![self.media.path().to_owned()]).await
    }

    async fn open_with(&self, folders: Vec<PathBuf>) -> Library {
        let folders = Folders::new(folders, Symlinks::Follow).unwrap();
        let films = Films::new(folders.clone(), FilmSettings::default());
        let location = Location::Sqlite(self.data.path().join("library.db"));
        let times = Times::default();
        let options = Options {
            location,
            folders,
            films,
            symlinks: Symlinks::Follow,
            times,
            pictures: self.data.path().join("pictures"),
            pictures_ahead: false,
            backups: library::Backups {
                folder: self.data.path().join("backups"),
                every: Some(Duration::from_hours(24)),
                keep: 2,
            },
        };
        let library = Library::open(options).await.unwrap();
        library.start();
        library.scanned().await;
        library
    }
}

fn put(folder: &Path, name: &str, container: Container) {
    let clips = Clips::open();
    let clip = clips.folder().join(clips.clip(container).name());
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::copy(clip, &path).unwrap();
    age(&path);
}

/// As if it had been written an hour ago: nobody is writing to it any more.
fn age(path: &Path) {
    let hour_ago = std::time::SystemTime::now() - Duration::from_hours(1);
    fs::File::options().append(true).open(path).unwrap().set_modified(hour_ago).unwrap();
}

async fn list(library: &Library) -> Vec<VideoRow> {
    library.list(&Query::default(), Position::Start, 100).await.unwrap().videos
}

/// Waits until the list is as it should be.
async fn until(library: &Library, is: impl Fn(&[VideoRow]) -> bool) -> Vec<VideoRow> {
    let mut events = library.listen();
    loop {
        let listed = list(library).await;
        if is(&listed) {
            return listed;
        }
        tokio::time::timeout(Duration::from_secs(20), events.recv()).await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_in_the_folders_is_in_the_list_with_what_it_is() {
    let place = Place::new();
    place.put("films/The.General.1926.1080p.x264.mp4");
    fs::write(place.media.path().join("films/notes.txt"), "no video").unwrap();
    let library = place.open().await;
    let listed = list(&library).await;
    assert_eq!(listed.len(), 1);
    let video = &listed[0];
    assert!(video.present && video.duration_ms > 0 && video.width > 0, "{video:?}");
    assert_eq!(video.file.as_ref().unwrap().path, "films/The.General.1926.1080p.x264.mp4");
    assert_eq!(library.folders("").await.unwrap(), [("films".to_owned(), 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_file_keeps_its_stars_and_a_copy_is_no_second_video() {
    let place = Place::new();
    place.put("a.mp4");
    let library = place.open().await;
    let id = list(&library).await[0].content;
    library.rate(USER, id, Some(4)).await.unwrap();
    fs::create_dir(place.media.path().join("b")).unwrap();
    fs::rename(place.media.path().join("a.mp4"), place.media.path().join("b/c d.mp4")).unwrap();
    let moved =
        |all: &[VideoRow]| all.len() == 1 && all[0].file.as_ref().unwrap().path == "b/c%20d.mp4";
    let listed = until(&library, moved).await;
    assert_eq!((listed[0].content, listed[0].personal.rating), (id, Some(4)));
    place.put("copy.mp4");
    let listed = until(&library, |all| all.len() == 1 && all[0].copies == 2).await;
    assert_eq!(listed[0].personal.rating, Some(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_whose_file_is_gone_comes_back_with_it() {
    let place = Place::new();
    place.put("a.mp4");
    let library = place.open().await;
    let id = list(&library).await[0].content;
    library.favourite(USER, id, true).await.unwrap();
    fs::remove_file(place.media.path().join("a.mp4")).unwrap();
    until(&library, <[VideoRow]>::is_empty).await;
    assert!(!library.details(USER, id).await.unwrap().row.present);
    place.put("again.mp4");
    let listed = until(&library, |all| all.len() == 1).await;
    assert!(listed[0].personal.favourite_ms.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drive_that_is_plugged_in_again_is_not_read_again() {
    let place = Place::new();
    place.put("a.mp4");
    let library = place.open().await;
    let away = place.data.path().join("away.mp4");
    let here = place.media.path().join("a.mp4");
    fs::rename(&here, &away).unwrap();
    until(&library, <[VideoRow]>::is_empty).await;
    fs::rename(&away, &here).unwrap();
    until(&library, |all| all.len() == 1).await;
    assert_eq!(library.scan_status().read, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_that_somebody_cleared_away_are_made_again() {
    let place = Place::new();
    place.put("a.mp4");
    let library = place.open().await;
    let id = list(&library).await[0].content;
    let poster = library.poster(id, 160).await.unwrap();
    let preview = library.preview(id).await.unwrap();
    fs::remove_dir_all(place.data.path().join("pictures")).unwrap();
    assert_eq!(library.poster(id, 160).await.unwrap().len, poster.len);
    assert_eq!(library.preview(id).await.unwrap().len, preview.len);
    library.sheet(id, 0).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_called_a_video_and_is_none_is_a_problem_with_a_reason() {
    let place = Place::new();
    for name in ["broken.mp4", "program.ts"] {
        let path = place.media.path().join(name);
        fs::write(&path, "let x = 1;").unwrap();
        age(&path);
    }
    let library = place.open().await;
    let problems = library.problems(None, 10).await.unwrap();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].path, "broken.mp4");
    assert!(problems[0].problem.contains("no container"), "{}", problems[0].problem);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_beside_a_video_speak_of_it() {
    let place = Place::new();
    place.put("a.mp4");
    fs::write(
        place.media.path().join("a.nfo"),
        "<movie><title>A Night</title><plot>Rain.</plot><tag>noir</tag><premiered>1944-05-06</premiered></movie>",
    )
    .unwrap();
    let library = place.open().await;
    let video = &list(&library).await[0];
    assert_eq!((video.title.as_str(), video.description.as_deref()), ("A Night", Some("Rain.")));
    assert_eq!(video.tags[0].name, "noir");
    // Who takes the tag away is not given it again.
    library.untag(video.content, "noir").await.unwrap();
    fs::write(place.media.path().join("a.nfo"), "<movie><title>B</title><tag>noir</tag></movie>")
        .unwrap();
    let listed = until(&library, |all| all[0].title == "B").await;
    assert!(listed[0].tags.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_being_copied_is_waited_for() {
    let place = Place::new();
    place.put("whole.mp4");
    let bytes = fs::read(place.media.path().join("whole.mp4")).unwrap();
    fs::remove_file(place.media.path().join("whole.mp4")).unwrap();
    let library = place.open().await;
    let path = place.media.path().join("slow.mp4");
    let mut file = fs::File::create(&path).unwrap();
    std::io::Write::write_all(&mut file, &bytes[..bytes.len() / 2]).unwrap();
    // A scan meanwhile leaves it alone.
    library.scan_all();
    library.scan_ended().await;
    assert!(list(&library).await.is_empty() && library.problems(None, 9).await.unwrap().is_empty());
    std::io::Write::write_all(&mut file, &bytes[bytes.len() / 2..]).unwrap();
    drop(file);
    until(&library, |all| all.len() == 1).await;
    assert!(library.problems(None, 9).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_nothing_is_read_again() {
    let place = Place::new();
    place.put("a.mp4");
    place.put("b/a.mp4");
    drop(place.open().await);
    let library = place.open().await;
    assert_eq!((library.scan_status().read, library.scan_status().seen), (0, 2));
    assert_eq!(list(&library).await[0].copies, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_made_when_somebody_asks_and_kept() {
    let place = Place::new();
    place.put("a.mp4");
    let library = place.open().await;
    let id = list(&library).await[0].content;
    let poster = library.poster(id, 320).await.unwrap();
    assert!(poster.len > 500, "{poster:?}");
    assert_eq!(library.poster(id, 320).await.unwrap().name, poster.name);
    let chosen = library.poster_at(id, 0).await.unwrap();
    assert_eq!(
        library.poster(id, 640).await.unwrap().name,
        format!("{}-640", chosen.file.digits())
    );
    assert!(library.preview(id).await.unwrap().len > 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_done_to_all_and_taken_back_from_all() {
    let place = Place::new();
    place.put("a.mp4");
    let library = place.open().await;
    let id = list(&library).await[0].content;
    library.rate(USER, id, Some(2)).await.unwrap();
    let all = Selection::Query(Box::default());
    for action in [
        Action::Rate(Some(5)),
        Action::Tag("night".to_owned()),
        Action::Favourite(true),
        Action::Watched(true),
        Action::Hide(true),
    ] {
        let done = library.batch(USER, &all, &action).await.unwrap();
        assert_eq!(done.changed, 1, "{action:?}");
        assert_eq!(library.can_undo(USER).await.unwrap(), done.undo);
        assert!(library.undo(USER, None).await.unwrap().is_some());
        let video = &list(&library).await[0];
        let personal = video.personal;
        assert_eq!(
            (personal.rating, personal.favourite_ms, personal.watched_ms),
            (Some(2), None, None)
        );
        assert!(video.tags.is_empty() && !video.hidden);
        assert_eq!(library.undo(USER, None).await.unwrap(), None);
    }
    assert_eq!(library.batch(USER, &all, &Action::Rate(Some(2))).await.unwrap().changed, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_installation_moves_over_once_and_what_comes_later_follows() {
    let place = Place::new();
    place.put("a.mp4");
    let write = |name: &str, text: &str| fs::write(place.media.path().join(name), text).unwrap();
    write("ratings.json", r#"{"a.mp4": 5, "sub/b.mp4": 3, "gone.mp4": 9}"#);
    write("views.json", r#"{"a.mp4": 7}"#);
    write("tags.json", r#"{"a.mp4": ["old"]}"#);
    write("favorites.json", r#"["a.mp4"]"#);
    let library = place.open().await;
    let video = |all: &[VideoRow]| all.len() == 1 && all[0].views == 7;
    let listed = until(&library, video).await;
    assert_eq!((listed[0].personal.rating, listed[0].tags[0].name.as_str()), (Some(5), "old"));
    let report = library.imports().await.unwrap().remove(0);
    assert_eq!((report.matched, report.unmatched_count, report.malformed.len()), (1, 1, 1));
    let again = library.import(USER, place.media.path(), Some("")).await.unwrap();
    assert!(again.known);
    assert_eq!(list(&library).await[0].views, 7);
    let written = library.export_legacy(USER).await.unwrap();
    assert_eq!(written[0].1, serde_json::json!({ "a.mp4": 5 }));
    // Of a file that is changed later only the change counts, and what was written here is nothing new.
    library.rate(USER, listed[0].content, Some(1)).await.unwrap();
    library.view(USER, listed[0].content).await.unwrap();
    for (name, value) in library.export_legacy(USER).await.unwrap() {
        write(name, &value.to_string());
    }
    write("tags.json", r#"{"a.mp4": ["old", "new"]}"#);
    assert!(!library.import(USER, place.media.path(), Some("")).await.unwrap().known);
    let listed = list(&library).await;
    assert_eq!((listed[0].views, listed[0].personal.rating, listed[0].tags.len()), (8, Some(1), 2));
    // What names a file that was not there waits for it, and no longer.
    write("ratings.json", r#"{"a.mp4": 5, "later.mkv": 2}"#);
    library.import(USER, place.media.path(), Some("")).await.unwrap();
    put(place.media.path(), "later.mkv", Container::Mkv);
    let both = until(&library, |all| all.len() == 2).await;
    let later = both.iter().find(|row| row.content != listed[0].content).unwrap().content;
    until(&library, |all| {
        all.iter().any(|row| row.content == later && row.personal.rating == Some(2))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_folders_files_with_one_path_the_first_folders_counts_whenever_it_comes() {
    let (place, second) = (Place::new(), tempfile::tempdir().unwrap());
    put(second.path(), "a.mp4", Container::Mkv);
    let library =
        place.open_with(vec![place.media.path().to_owned(), second.path().to_owned()]).await;
    let seconds = list(&library).await[0].content;
    place.put("a.mp4");
    let is_first = |all: &[VideoRow]| all.len() == 1 && all[0].content != seconds;
    until(&library, is_first).await;
    fs::remove_file(place.media.path().join("a.mp4")).unwrap();
    until(&library, |all| all.len() == 1 && all[0].content == seconds).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_of_side_files_come_with_a_video_and_not_again() {
    let place = Place::new();
    fs::write(place.media.path().join("a.nfo"), "<movie><tag>quiet</tag><tag>old</tag></movie>")
        .unwrap();
    place.put("a.mp4");
    let library = place.open().await;
    let video = list(&library).await.remove(0);
    let names =
        |video: &VideoRow| video.tags.iter().map(|tag| tag.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&video), ["old", "quiet"]);
    let only = Selection::Ids(vec![video.content]);
    library.batch(USER, &only, &Action::Untag("quiet".to_owned())).await.unwrap();
    library.batch(USER, &only, &Action::Refresh).await.unwrap();
    library.scan_ended().await;
    assert_eq!(names(&list(&library).await[0]), ["old"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_a_batch_back_leaves_what_else_happened_meanwhile() {
    let place = Place::new();
    place.put("a.mp4");
    let library = place.open().await;
    let id = list(&library).await[0].content;
    let all = Selection::Query(Box::default());
    library.batch(USER, &all, &Action::Rate(Some(5))).await.unwrap();
    library.favourite(USER, id, true).await.unwrap();
    library.undo(USER, None).await.unwrap().unwrap();
    let personal = list(&library).await[0].personal;
    assert_eq!((personal.rating, personal.favourite_ms.is_some()), (None, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_copied_is_there_as_soon_as_it_is_closed() {
    let place = Place::new();
    let library = place.open().await;
    let clips = Clips::open();
    let clip = clips.folder().join(clips.clip(Container::Mp4).name());
    let path = place.media.path().join("a.mp4");
    fs::copy(clip, &path).unwrap();
    // Going by its clock, somebody is still writing to it.
    let file = fs::File::options().append(true).open(&path).unwrap();
    let touching = tokio::spawn(async move {
        loop {
            file.set_modified(std::time::SystemTime::now()).unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    until(&library, |all| all.len() == 1).await;
    touching.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_writes_is_seen_here() {
    let place = Place::new();
    place.put("a.mp4");
    let library = place.open().await;
    let id = list(&library).await[0].content;
    let other = place.open().await;
    other.rate(USER, id, Some(3)).await.unwrap();
    until(&library, |all| all[0].personal.rating == Some(3)).await;
    let mut rated = Query::default();
    rated.filters.rating = catalogue::Range { from: Some(3), to: None };
    assert_eq!(library.list(&rated, Position::Start, 9).await.unwrap().total, 1);
}
