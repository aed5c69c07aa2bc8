//! `/api/v1` and the routes of older clients, against a library of a few films.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::{fs, time::Duration};

use serde_json::{Value, json};
use testkit::{
    Folder, Response, Server,
    clips::{Clips, Container},
};

const BASE: &str = "/api/v1";

struct Place {
    server: Server,
    folder: Folder,
}

impl Place {
    /// Three films: two at the top, of which one is called like the one in a folder.
    fn open() -> Self {
        let folder = Folder::new();
        let clips = Clips::open();
        let films = [
            ("sea.mp4", Container::Mp4),
            ("a land & sky.mkv", Container::Mkv),
            ("old/sea.mp4", Container::Webm),
        ];
        for (name, container) in films {
            put(&folder, &clips, name, container);
        }
        let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start();
        let place = Self { server, folder };
        place.until_there_are(3);
        place
    }

    /// Waits until the list has so many.
    fn until_there_are(&self, wanted: usize) -> Vec<Value> {
        let mut events = self.server.http();
        events.send_request("GET", format!("{BASE}/events"), &[]);
        events.read_head("GET").expect_status(200);
        loop {
            let answer = self.server.get(&format!("{BASE}/videos"));
            if answer.status == 200 {
                let list = json(&answer);
                if list["total"] == json!(wanted) {
                    return list["items"].as_array().unwrap().clone();
                }
            }
            // Whatever happens, or a heartbeat.
            events.read_body(&mut [0; 4096]).unwrap();
        }
    }

    fn get(&self, target: &str) -> Value {
        let answer = self.server.get(&format!("{BASE}{target}"));
        answer.expect_status(200);
        json(&answer)
    }

    fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &Value) -> Response {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send_text(method, target, headers, "application/json", &body)
    }

    fn send_text(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        kind: &str,
        body: &str,
    ) -> Response {
        let length = body.len().to_string();
        let mut all = vec![("content-type", kind), ("content-length", &*length)];
        all.extend_from_slice(headers);
        let mut http = self.server.http();
        let mut bytes = http.head_of(method, target, &all);
        bytes.extend_from_slice(body.as_bytes());
        http.send(bytes);
        http.read_response(method)
    }

    fn id_of(&self, path: &str) -> String {
        let items = self.get("/videos?away=all&hidden=all");
        let items = items["items"].as_array().unwrap().clone();
        let video = items.iter().find(|video| video["path"] == path);
        video.unwrap()["id"].as_str().unwrap().to_owned()
    }
}

fn put(folder: &Folder, clips: &Clips, name: &str, container: Container) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::copy(clips.folder().join(clips.clip(container).name()), &path).unwrap();
    // As if nobody had written to it for long.
    let ago = std::time::SystemTime::now() - Duration::from_hours(1);
    fs::File::options().append(true).open(&path).unwrap().set_modified(ago).unwrap();
}

fn json(answer: &Response) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

#[test]
fn videos_are_listed_filtered_counted_and_paged() {
    let place = Place::open();
    let all = place.get("/videos?sort=title");
    let titles: Vec<&str> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|video| video["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles.len(), 3, "{titles:?}");
    let first = place.get("/videos?limit=2");
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let next = first["next"].as_str().unwrap();
    let rest = place.get(&format!("/videos?limit=2&cursor={next}"));
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest.get("next"), None);
    assert_eq!(place.get("/videos?folder=old")["total"], 1);
    assert_eq!(place.get("/videos?q=sky")["total"], 1);
    assert_eq!(place.get("/videos?tags=none%20has%20it")["total"], 0);
    let facets = place.get("/videos/facets");
    assert_eq!(facets["total"], 3);
    assert!(facets["facets"]["container"].as_array().unwrap().len() >= 2, "{facets}");
    let folder = &facets["facets"]["folder"][0];
    assert_eq!((&folder["value"], &folder["count"]), (&json!("old"), &json!(1)));
    let home = place.get("/home");
    assert_eq!(home["added"].as_array().unwrap().len(), 3);
    assert_eq!(home["collections"][0]["name"], "old");
    assert!(place.get("/videos/random?seed=3")["id"].is_string());
    assert_eq!(place.get("/suggest?q=sk")["titles"].as_array().unwrap().len(), 1);

    let answer = place.server.get("/api/v1/videos");
    let etag = answer.headers.one("etag").to_owned();
    let again = place.server.request("GET", "/api/v1/videos", &[("if-none-match", &etag)]);
    again.expect_status(304);
    for wrong in
        ["limit=0", "sort=nothing", "cursor=x&offset=1", "nothing=1", "rating=9", "cursor=x"]
    {
        let answer = place.server.get(&format!("/api/v1/videos?{wrong}"));
        assert!(matches!(answer.status, 400 | 422), "{wrong}: {}", answer.status);
    }
    place.server.get("/api/v1/videos/00000000000000000000000000").expect_problem(404);
    place.server.get("/api/v1/videos/x").expect_problem(404);
}

#[test]
fn an_edit_says_which_version_it_is_based_on() {
    let place = Place::open();
    let at = format!("{BASE}/videos/{}", place.id_of("sea.mp4"));
    let details = place.server.get(&at);
    let etag = details.headers.one("etag").to_owned();
    let title = json!({ "title": "The <sea>", "description": "Waves." });
    place.send("PATCH", &at, &[], &title).expect_problem(428);
    let edited = place.send("PATCH", &at, &[("if-match", &etag)], &title);
    edited.expect_status(200);
    assert_eq!(json(&edited)["title"], "The <sea>");
    assert_eq!(json(&edited)["description"], "Waves.");
    place.send("PATCH", &at, &[("if-match", &etag)], &title).expect_problem(412);
    let etag = edited.headers.one("etag").to_owned();
    let without = place.send("PATCH", &at, &[("if-match", &etag)], &json!({ "description": null }));
    assert_eq!(json(&without).get("description"), None);
    assert_eq!(json(&without)["title"], "The <sea>", "what is left out stays");
    place.send("PATCH", &at, &[("if-match", "*")], &json!({ "tilte": "x" })).expect_problem(422);
    place.send("PATCH", &at, &[("if-match", "*")], &json!({ "hidden": true })).expect_status(200);
    assert_eq!(place.get("/videos")["total"], 2);
    assert_eq!(place.get("/videos?hidden=yes")["total"], 1);
}

#[test]
fn what_somebody_does_with_a_video_is_kept_and_told_to_who_listens() {
    let place = Place::open();
    let id = place.id_of("sea.mp4");
    let at = |what: &str| format!("{BASE}/videos/{id}/{what}");
    let put = |what: &str, body: Value| {
        let answer = place.send("PUT", &at(what), &[], &body);
        answer.expect_status(200);
        json(&answer)
    };
    assert_eq!(put("rating", json!({ "rating": 4 }))["rating"], 4);
    assert_eq!(put("favourite", json!({ "favourite": true }))["favourite"], true);
    assert_eq!(put("progress", json!({ "position": 3.5 }))["resume"], 3.5);
    let watched = put("progress", json!({ "position": 100_000 }));
    assert_eq!((&watched["watched"], watched.get("resume")), (&json!(true), None));
    assert_eq!(put("watched", json!({ "watched": false }))["watched"], false);
    assert_eq!(put("rating", json!({ "rating": null })).get("rating"), None);
    place.send("PUT", &at("rating"), &[], &json!({ "rating": 6 })).expect_problem(422);
    place.send("PUT", &at("rating"), &[], &json!({})).expect_problem(422);
    place.send("PUT", &at("progress"), &[], &json!({ "position": -1 })).expect_problem(422);
    let viewed = place.send("POST", &at("view"), &[], &Value::Null);
    assert_eq!(json(&viewed)["views"], 1);
    assert_eq!(place.get("/videos?favourite=yes")["total"], 1);
    assert_eq!(place.get("/history")["items"][0]["video"]["id"], id);

    // Whoever was away gets what was missed.
    let mut events = place.server.http();
    events.send_request("GET", format!("{BASE}/events"), &[("last-event-id", "0")]);
    let head = events.read_head("GET");
    assert_eq!(head.headers.one("content-type"), "text/event-stream");
    let mut text = String::new();
    while !text.contains("event: views") {
        let mut some = [0; 4096];
        let read = events.read_body(&mut some).unwrap();
        text.push_str(std::str::from_utf8(&some[..read]).unwrap());
    }
    assert!(text.contains("event: rating") && text.contains(&id), "{text}");
}

#[test]
fn tags_are_made_worn_renamed_merged_and_taken_away() {
    let place = Place::open();
    let id = place.id_of("sea.mp4");
    let tagged =
        place.send("PUT", &format!("{BASE}/videos/{id}/tags/b%2Fc%20%26"), &[], &Value::Null);
    assert_eq!(json(&tagged)["items"][0]["name"], "b/c &");
    let made = place.send(
        "POST",
        &format!("{BASE}/tags"),
        &[],
        &json!({ "name": "Blue", "colour": "#0000ff" }),
    );
    made.expect_status(201);
    let blue = json(&made)["id"].clone();
    place
        .send("POST", &format!("{BASE}/tags"), &[], &json!({ "name": "blue" }))
        .expect_problem(409);
    let at = format!("{BASE}/tags/{blue}");
    let etag = made.headers.one("etag").to_owned();
    let renamed = place.send("PATCH", &at, &[("if-match", &etag)], &json!({ "name": "Deep blue" }));
    assert_eq!(json(&renamed)["name"], "Deep blue");
    place.send("PATCH", &at, &[("if-match", &etag)], &json!({ "name": "x" })).expect_problem(412);
    place.send("PATCH", &at, &[("if-match", "*")], &json!({ "colour": "red" })).expect_problem(422);
    let other = json(&place.server.get("/api/v1/tags"));
    let other =
        other["items"].as_array().unwrap().iter().find(|tag| tag["name"] == "b/c &").unwrap()["id"]
            .clone();
    let merged =
        place.send("POST", &format!("{BASE}/tags/{other}/merge"), &[], &json!({ "into": blue }));
    assert_eq!(json(&merged)["count"], 1);
    assert_eq!(place.get("/videos?tags=deep%20BLUE")["total"], 1);
    let set = place.send("PUT", &format!("{BASE}/videos/{id}/tags"), &[], &json!(["one", "two"]));
    assert_eq!(json(&set)["items"].as_array().unwrap().len(), 2);
    place.send("DELETE", &at, &[], &Value::Null).expect_status(204);
    place.send("DELETE", &at, &[], &Value::Null).expect_problem(404);
}

#[test]
fn older_clients_find_what_they_know() {
    let place = Place::open();
    let form = "application/x-www-form-urlencoded";
    let rated =
        place.send("POST", "/rate", &[], &json!({ "filename": "a land & sky.mkv", "rating": 5 }));
    rated.expect_status(200);
    assert_eq!(json(&rated)["success"], true);
    let rated = place.send_text("POST", "/rate", &[], form, "filename=a+land+%26+sky.mkv&rating=3");
    rated.expect_status(200);
    assert_eq!(place.get("/videos?rating=3")["total"], 1);
    place.send("POST", "/view", &[], &json!({ "filename": "old/sea.mp4" })).expect_status(200);
    let views = json(&place.server.get("/get_views"));
    assert_eq!(views, json!({ "old/sea.mp4": 1 }));
    // A path comes before a name that several files have.
    place.send("POST", "/view", &[], &json!({ "filename": "sea.mp4" })).expect_status(200);
    place.send("POST", "/view", &[], &json!({ "filename": "nothing.mp4" })).expect_problem(404);
    place.send("POST", "/favorites", &[], &json!({ "filename": "sea.mp4" })).expect_status(200);
    assert_eq!(json(&place.server.get("/favorites")), json!(["sea.mp4"]));
    let tagged = place.send_text("POST", "/tags", &[], form, "filename=sea.mp4&tags=sea,%20blue");
    assert_eq!(json(&tagged)["tags"], json!(["sea", "blue"]));
    assert_eq!(json(&place.server.get("/tags"))["sea.mp4"].as_array().unwrap().len(), 2);

    let random = place.server.get("/random");
    random.expect_status(303);
    assert!(random.headers.one("location").starts_with("/watch/"));
    let watch = place.server.get("/watch/a%20land%20%26%20sky.mkv");
    assert_eq!(json(&watch)["rating"], 3);
    let page = place.server.request("GET", "/watch/sea.mp4", &[("accept", "text/html")]);
    assert!(page.headers.one("content-type").starts_with("text/html"), "a page for browsers");
    assert!(json(&place.server.get("/admin/cache/status"))["hit_rate"].is_number());
    place.send("POST", "/admin/cache/refresh", &[], &Value::Null).expect_status(200);
}

#[test]
fn a_name_that_several_files_have_is_no_name() {
    let place = Place::open();
    let clips = Clips::open();
    put(&place.folder, &clips, "new/other.mp4", Container::Mkv);
    put(&place.folder, &clips, "old/other.mp4", Container::Webm);
    let refused = testkit::until("both files", || {
        let answer = place.server.get("/watch/other.mp4");
        (answer.status == 409).then_some(answer)
    });
    refused.expect_problem(409);
    let candidates = json(&refused)["candidates"].as_array().unwrap().clone();
    assert_eq!(candidates.len(), 2, "{candidates:?}");
    place.server.get("/watch/new/other.mp4").expect_status(200);
}

#[test]
fn events_end_when_the_server_stops() {
    let mut place = Place::open();
    let mut events = place.server.http();
    events.send_request("GET", format!("{BASE}/events"), &[]);
    events.read_head("GET").expect_status(200);
    place.server.signal(testkit::Signal::TERM);
    place.server.wait_exit();
    let _ = &mut place;
}
