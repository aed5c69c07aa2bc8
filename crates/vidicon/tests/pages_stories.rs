//! What people do with the pages, told in a real browser: each test is one story of
//! `tests/browser/stories`, against a server of its own with small films.
//!
//! Beside what a story asks for, it fails where a page writes an error into the console, gets an
//! answer of 4xx or 5xx, or breaks its own policy.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Value, json};
use testkit::{Folder, SCENES, Scene, Server, tools};

const BASE: &str = "/api/v1";
/// How long a story may be told on a busy machine.
const STORY: Duration = Duration::from_mins(8);

/// A media folder with a server, and a folder of files that may come later.
struct House {
    server: Server,
    media: Folder,
    spare: Folder,
}

impl House {
    /// With these scenes under their own paths.
    fn with(scenes: &[Scene]) -> Self {
        let media = Folder::new();
        for scene in scenes {
            scene.put(media.path(), scene.path);
        }
        Self::of(media, scenes.len())
    }

    /// Waits until so many videos are known.
    fn of(media: Folder, count: usize) -> Self {
        let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(media.path()).start();
        let house = Self { server, media, spare: Folder::new() };
        house.until("the films are not all found", |list| list["total"] == json!(count));
        house
    }

    /// Waits until the list of all videos is like this; looks again whenever something happens.
    #[track_caller]
    fn until(&self, complaint: &str, is: impl Fn(&Value) -> bool) {
        let mut events = self.server.http();
        events.send_request("GET", format!("{BASE}/events"), &[]);
        events.read_head("GET").expect_status(200);
        let mut last = Value::Null;
        for _ in 0..2000 {
            let answer = self.server.get(&format!("{BASE}/videos?limit=100"));
            if answer.status == 200 {
                last = serde_json::from_slice(&answer.body).unwrap();
                if is(&last) {
                    return;
                }
            }
            // Whatever happens, or a heartbeat.
            events.read_body(&mut [0; 4096]).unwrap();
        }
        panic!("{complaint}: {last}");
    }

    /// Tells a story. `more` is what it has to know beside where things are.
    #[track_caller]
    fn tell(&self, story: &str, more: &Value) {
        let project = repository().join("tests/browser");
        let there = project.join("node_modules/axe-core").is_dir();
        assert!(
            there,
            "what drives the browser is not installed: run `make test`, or `npm ci` in tests/browser"
        );
        let shots = repository().join("target/e2e");
        fs::create_dir_all(&shots).unwrap();
        let mut plan = json!({
            "base": self.server.url("").trim_end_matches('/'),
            "media": self.media.path(),
            "spare": self.spare.path(),
            "shots": shots,
        });
        if let Value::Object(more) = more {
            plan.as_object_mut().unwrap().extend(more.clone());
        }
        let output = tools::run_within(
            STORY,
            tools::require("node", "nodejs")
                .arg(project.join("stories/tell.mjs"))
                .arg(story)
                .arg(plan.to_string())
                .env("CHROMIUM", chromium()),
        );
        let printed = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "\n{printed}{complaint}");
        println!("{printed}");
    }
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

fn chromium() -> PathBuf {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    names.iter().find_map(|name| tools::find(name)).unwrap_or_else(|| {
        panic!("there is no Chromium. Install it (Debian: apt-get install chromium), or run `make test`")
    })
}

/// The story of this name, with the first six films.
#[track_caller]
fn told(story: &str) {
    House::with(&SCENES[..6]).tell(story, &Value::Null);
}

#[test]
fn the_library_is_browsed_sorted_filtered_and_shared_by_its_address() {
    told("browse");
}

#[test]
fn a_card_plays_its_preview_under_the_pointer_and_loads_it_only_then() {
    told("hover");
}

#[test]
fn a_video_is_played_left_and_gone_on_with() {
    told("watch");
}

#[test]
fn stars_are_shown_at_once_kept_and_rolled_back_on_failure() {
    told("rate");
}

#[test]
fn tags_are_given_renamed_coloured_merged_and_deleted() {
    told("tag");
}

#[test]
fn favourites_come_and_go() {
    told("favourite");
}

#[test]
fn a_playlist_is_made_filled_and_put_in_order_by_keyboard() {
    told("playlist");
}

#[test]
fn several_videos_are_changed_at_once_and_it_is_undone() {
    told("batch");
}

#[test]
fn search_suggests_while_typing_and_forgives_accents() {
    told("search");
}

#[test]
fn the_theme_follows_the_system_and_then_the_choice() {
    told("theme");
}

#[test]
fn everything_from_home_to_playing_works_by_keyboard_alone() {
    told("keyboard");
}

#[test]
fn a_remote_control_leads_everywhere_and_back() {
    told("remote");
}

#[test]
fn a_long_touch_wakes_a_card_and_fingers_work_the_player() {
    told("touch");
}

#[test]
fn nothing_moves_for_who_wants_less_motion() {
    told("motion");
}

#[test]
fn what_was_watched_is_found_again_by_day() {
    told("history");
}

#[test]
fn the_policy_of_the_pages_is_strict_and_holds() {
    told("policy");
}

#[test]
fn two_browsers_see_each_others_stars_and_a_new_file_within_two_seconds() {
    let house = House::with(&SCENES[..6]);
    let arrivals = ["Arrival 1.mp4", "Arrival 2.mp4", "Arrival 3.mp4"];
    for (name, scene) in arrivals.iter().zip(&SCENES[10..]) {
        scene.put(house.spare.path(), name);
    }
    house.tell("live", &json!({ "arrivals": arrivals }));
}

/// Names that a page must show as they are, each of a film of its own.
fn hostile() -> Vec<String> {
    let long = "a very long name ".repeat(20);
    vec![
        "<img src=x onerror=window.hacked=1>.mp4".to_owned(),
        "\"><script>window.hacked=2<\u{2044}script>.mp4".to_owned(),
        "two\nlines\tand a tab.mp4".to_owned(),
        "\u{202e}drawkcab \u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{0645}\u{0631}\u{062d}\u{0628}\u{0627}.mp4".to_owned(),
        format!("{}.mp4", &long[..246]),
        "\u{1F3AC}\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} & 50% {{t('x')}} #?.mp4".to_owned(),
    ]
}

#[test]
fn hostile_names_and_tags_are_shown_as_text() {
    let media = Folder::new();
    let names = hostile();
    for (at, (name, scene)) in names.iter().zip(&SCENES).enumerate() {
        // One of them in a folder that is called as badly.
        let folder = if at == 1 { "<img src=x onerror=alert(1)>/" } else { "" };
        scene.put(media.path(), format!("{folder}{name}"));
    }
    House::of(media, names.len()).tell("names", &json!({ "names": names }));
}

/// A house with all films, their pictures, and what people leave behind.
fn lived_in() -> House {
    let media = Folder::new();
    for scene in &SCENES {
        scene.put(media.path(), scene.path);
    }
    // Something for the pages that say what is wrong.
    SCENES[4].put(media.path(), "Travel/Copy of Summer.mp4");
    media.write("Travel/Broken.mp4", "no film at all");
    let house = House::of(media, SCENES.len());
    // Somebody waits for each: then they are made at once, not when nobody needs the machine.
    let list: Value =
        serde_json::from_slice(&house.server.get(&format!("{BASE}/videos?limit=100")).body)
            .unwrap();
    let waiting = list["items"].as_array().unwrap().iter().map(|video| {
        let mut http = house.server.http();
        http.send_request("GET", video["poster"]["url"].as_str().unwrap(), &[]);
        http
    });
    let waiting: Vec<_> = waiting.collect();
    house.until("the pictures are not all made", |list| {
        let videos = list["items"].as_array().unwrap();
        // What is made has a version in its address.
        videos
            .iter()
            .all(|video| video["poster"]["url"].as_str().is_some_and(|url| url.contains('?')))
    });
    drop(waiting);
    house
}

#[test]
fn every_page_is_clean_in_both_themes_at_three_widths() {
    lived_in().tell("pages", &Value::Null);
}

#[test]
#[ignore = "makes docs/screenshot.jpg anew; `scripts/screenshot` runs it"]
fn the_picture_of_the_readme_is_made() {
    let file = repository().join("docs/screenshot.jpg");
    lived_in().tell("readme", &json!({ "file": file }));
    let size = fs::metadata(&file).unwrap().len();
    assert!(size <= 200 * 1024, "{} has {size} bytes", file.display());
}
