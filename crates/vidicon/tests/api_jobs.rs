//! What is done in the background, backups, exports, the cache, and addresses of which there is nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::{fs, process::Command, time::Duration};

use serde_json::{Value, json};
use testkit::{
    Folder, Response, Server, Signal,
    clips::{Clips, Container},
    until,
};

const ELSEWHERE: (&str, &str) = ("X-Forwarded-For", "192.168.1.7");

struct Place {
    server: Server,
    folder: Folder,
    data: tempfile::TempDir,
}

impl Place {
    /// With one film, once that is known.
    fn open() -> Self {
        let (folder, data) = (Folder::new(), tempfile::tempdir().unwrap());
        let clip = Clips::open().clip(Container::Mp4);
        let path = folder.join("old/sea of trees.mp4");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(&clip.path, &path).unwrap();
        let ago = std::time::SystemTime::now() - Duration::from_hours(1);
        fs::File::options().append(true).open(&path).unwrap().set_modified(ago).unwrap();
        let server = serve(&folder, &data);
        let place = Self { server, folder, data };
        until("the film", || (place.get("/videos")["total"] == 1).then_some(()));
        place
    }

    fn get(&self, target: &str) -> Value {
        let answer = self.server.get(&format!("/api/v1{target}"));
        if answer.status == 200 { json_of(&answer) } else { Value::Null }
    }

    fn post(&self, target: &str, body: &Value) -> Response {
        ask(&self.server, "POST", &format!("/api/v1{target}"), body)
    }

    /// The job of this number, once it is over.
    fn ended(&self, job: &Value) -> Value {
        until("the end of the job", || {
            let jobs = self.get("/jobs");
            let found =
                jobs["items"].as_array()?.iter().find(|one| one["id"] == job["id"])?.clone();
            found.get("ended").is_some().then_some(found)
        })
    }

    fn id(&self) -> String {
        self.get("/videos")["items"][0]["id"].as_str().unwrap().to_owned()
    }
}

fn serve(folder: &Folder, data: &tempfile::TempDir) -> Server {
    Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).data(data.path()).start()
}

fn ask(server: &Server, method: &str, target: &str, body: &Value) -> Response {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let length = body.len().to_string();
    let mut http = server.http();
    let mut request = http.head_of(
        method,
        target,
        &[("content-type", "application/json"), ("content-length", &*length)],
    );
    request.extend_from_slice(body.as_bytes());
    http.send(request);
    http.read_response(method)
}

fn json_of(answer: &Response) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

#[test]
fn what_was_asked_for_is_a_job_until_somebody_takes_it_off_the_list() {
    let place = Place::open();
    place.post("/scan", &Value::Null).expect_status(202);
    let scan = until("the scan", || {
        let jobs = place.get("/jobs");
        jobs["items"].as_array()?.iter().find(|job| job["kind"] == "scan").cloned()
    });
    let scan = place.ended(&scan);
    assert_eq!(scan["state"], "done", "{scan}");
    assert!(scan["note"].as_str().unwrap().contains("1 unchanged"), "{scan}");
    let pictures = place.post("/thumbnails", &json!({ "all": true }));
    pictures.expect_status(202);
    // On a busy machine what somebody waits for is made sooner.
    place.server.get(&format!("/api/v1/videos/{}/poster.jpg", place.id())).expect_status(200);
    let pictures = place.ended(&json_of(&pictures)["job"]);
    assert_eq!((&pictures["kind"], &pictures["state"]), (&json!("pictures"), &json!("done")));
    let at = format!("/api/v1/jobs/{}", scan["id"]);
    ask(&place.server, "DELETE", &at, &Value::Null).expect_status(204);
    ask(&place.server, "DELETE", &at, &Value::Null).expect_problem(404);
    ask(&place.server, "DELETE", "/api/v1/jobs/x", &Value::Null).expect_problem(404);
}

#[test]
fn a_load_test_is_a_job_that_can_be_called_off_and_who_listens_hears_of_it() {
    let place = Place::open();
    let mut events = place.server.http();
    events.send_request("GET", "/api/v1/events", &[]);
    events.read_head("GET").expect_status(200);
    let mut foreign = place.server.http();
    foreign.send_request("GET", "/api/v1/events", &[ELSEWHERE]);
    foreign.read_head("GET").expect_status(200);
    let begun = place.post("/admin/loadtest", &json!({ "seconds": 60.0, "connections": 1 }));
    begun.expect_status(202);
    let job = until("the job", || {
        let jobs = place.get("/jobs");
        let jobs = jobs["items"].as_array()?.clone();
        jobs.into_iter().find(|job| job["kind"] == "load-test" && job["state"] == "running")
    });
    let told = ask(&place.server, "DELETE", &format!("/api/v1/jobs/{}", job["id"]), &Value::Null);
    told.expect_status(202);
    let ended = place.ended(&job);
    assert_eq!(ended["state"], "cancelled", "{ended}");
    ask(
        &place.server,
        "PUT",
        &format!("/api/v1/videos/{}/rating", place.id()),
        &json!({ "rating": 5.0 }),
    )
    .expect_status(200);
    let heard = |events: &mut testkit::Http| {
        let mut text = String::new();
        while !text.contains("event: rating") {
            let mut some = [0; 4096];
            let read = events.read_body(&mut some).unwrap();
            text.push_str(std::str::from_utf8(&some[..read]).unwrap());
        }
        text
    };
    let near = heard(&mut events);
    assert!(near.contains("event: job") && near.contains("\"state\":\"cancelled\""), "{near}");
    assert!(near.contains("\"created\":\"20"), "as the route has it: {near}");
    assert!(!heard(&mut foreign).contains("event: job"), "only who may administer hears of jobs");
}

#[test]
fn a_job_that_did_not_end_is_interrupted_after_a_restart() {
    let place = Place::open();
    place.post("/admin/loadtest", &json!({ "seconds": 60 })).expect_status(202);
    until("the job", || {
        let jobs = place.get("/jobs");
        jobs["items"].as_array()?.iter().find(|job| job["state"] == "running").cloned()
    });
    place.server.signal(Signal::KILL);
    place.server.wait_exit();
    let Place { folder, data, .. } = place;
    let server = serve(&folder, &data);
    let job = until("the interrupted job", || {
        let jobs = json_of(&server.get("/api/v1/jobs"));
        jobs["items"].as_array()?.iter().find(|job| job["state"] == "interrupted").cloned()
    });
    assert_eq!(job["kind"], "load-test");
    assert!(job["ended"].is_string());
}

#[test]
fn a_backup_is_made_listed_downloaded_and_restored() {
    let place = Place::open();
    let id = place.id();
    ask(&place.server, "PUT", &format!("/api/v1/videos/{id}/rating"), &json!({ "rating": 4 }))
        .expect_status(200);
    let asked = place.post("/backup", &Value::Null);
    asked.expect_status(202);
    let job = place.ended(&json_of(&asked));
    assert_eq!(job["state"], "done", "{job}");
    let list = place.get("/backup");
    let newest = &list["items"][0];
    let name = newest["name"].as_str().unwrap();
    assert!(job["note"].as_str().unwrap().starts_with(name), "{job} {list}");
    let file = place.server.get(&format!("/api/v1/backup/{name}"));
    file.expect_status(200);
    assert_eq!(json!(file.body.len()), newest["size"]);
    assert!(file.headers.one("content-disposition").contains(name));
    let part =
        place.server.request("GET", &format!("/api/v1/backup/{name}"), &[("range", "bytes=0-3")]);
    part.expect_status(206);
    assert_eq!(part.body, file.body[..4]);
    for none in ["library.db", "..%2flibrary.db", "library-..%2f..%2fx.backup", "library-1.backup"]
    {
        place.server.get(&format!("/api/v1/backup/{none}")).expect_problem(404);
    }
    let refused = place.server.request("GET", &format!("/api/v1/backup/{name}"), &[ELSEWHERE]);
    refused.expect_problem(403);

    let elsewhere = tempfile::tempdir().unwrap();
    let taken = elsewhere.path().join("taken.backup");
    fs::write(&taken, &file.body).unwrap();
    let data = elsewhere.path().join("data");
    let restored = Command::new(env!("CARGO_BIN_EXE_vidicon"))
        .arg("restore")
        .arg(&taken)
        .arg("--data")
        .arg(&data)
        .output()
        .unwrap();
    assert!(restored.status.success(), "{restored:?}");
    let server =
        Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(place.folder.path()).data(&data).start();
    until("the library", || (server.get("/api/v1/videos").status == 200).then_some(()));
    assert_eq!(json_of(&server.get(&format!("/api/v1/videos/{id}")))["rating"], 4);
}

#[test]
fn an_export_has_all_of_the_library() {
    let place = Place::open();
    let id = place.id();
    let at = |what: &str| format!("/api/v1/videos/{id}/{what}");
    ask(&place.server, "PUT", &at("rating"), &json!({ "rating": 3 })).expect_status(200);
    ask(&place.server, "PUT", &at("tags"), &json!(["trees", "a \"sea\""])).expect_status(200);
    ask(&place.server, "POST", &at("view"), &Value::Null).expect_status(200);
    let list = json_of(&place.post("/playlists", &json!({ "name": "Mine" })));
    let items = json!({ "videos": [id, id] });
    place.post(&format!("/playlists/{}/items", list["id"]), &items).expect_status(200);

    let answer = place.server.get("/api/v1/export?format=json");
    answer.expect_status(200);
    assert_eq!(answer.headers.one("content-disposition"), "attachment; filename=\"library.json\"");
    let check = |export: &Value| {
        assert_eq!((&export["vidicon"], &export["format"]), (&json!("library"), &json!(1)));
        let video = &export["videos"][0];
        assert_eq!(
            (&video["id"], &video["rating"], &video["views"]),
            (&json!(id), &json!(3), &json!(1))
        );
        assert_eq!(video["files"][0]["path"], "old/sea%20of%20trees.mp4");
        assert_eq!(export["tags"].as_array().unwrap().len(), 2);
        assert_eq!(export["playlists"], json!([{ "name": "Mine", "videos": [id, id] }]));
        assert_eq!(export["history"][0]["video"], json!(id));
    };
    check(&json_of(&answer));
    let files = place.get("/export");
    assert_eq!(files["ratings.json"]["old/sea of trees.mp4"], 3);
    place.server.get("/api/v1/export?format=xml").expect_problem(400);

    let folder = tempfile::tempdir().unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_vidicon"))
        .arg("export")
        .arg(folder.path())
        .arg("--data")
        .arg(place.data.path())
        .output()
        .unwrap();
    assert!(out.status.success(), "{out:?}");
    check(&serde_json::from_slice(&fs::read(folder.path().join("library.json")).unwrap()).unwrap());
    for name in ["ratings.json", "views.json", "tags.json", "favorites.json", "library.backup"] {
        assert!(folder.path().join(name).is_file(), "{name}");
    }
}

#[test]
fn kept_answers_are_counted_and_forgotten_from_afar_and_by_the_command() {
    let place = Place::open();
    place.get("/videos?sort=size");
    place.get("/videos?sort=size");
    let cache = place.get("/cache");
    assert!(
        cache["hits"].as_u64().unwrap() >= 1 && cache["entries"].as_u64().unwrap() >= 1,
        "{cache}"
    );
    let rate = cache["hit_rate"].as_f64().unwrap();
    assert!(rate > 0.0 && rate < 1.0, "{cache}");
    let forgotten = place.post("/cache/refresh", &Value::Null);
    forgotten.expect_status(200);
    assert_eq!(json_of(&forgotten)["entries"], 0);
    place.get("/videos?sort=size");
    let command = |verb: &str| {
        let out = Command::new(env!("CARGO_BIN_EXE_vidicon"))
            .args(["cache", verb, "--listen", &place.server.addr().to_string()])
            .output()
            .unwrap();
        assert!(out.status.success(), "{out:?}");
        String::from_utf8(out.stdout).unwrap()
    };
    assert!(command("status").contains("1 answers are kept"));
    assert!(command("refresh").contains("Everything is forgotten. 0 answers"));
    let refused = place.server.request("GET", "/api/v1/cache", &[ELSEWHERE]);
    refused.expect_problem(403);
}

#[test]
fn a_browser_that_asks_for_nothing_gets_a_page_and_a_program_a_problem() {
    let place = Place::open();
    let accept = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    for nothing in
        ["/nothing", "/old/nothing.mp4", "/video/nothing.mp4", "/hls/nothing.mp4/master.m3u8"]
    {
        for method in ["GET", "HEAD"] {
            let page = place.server.request(method, nothing, &accept);
            page.expect_status(404);
            assert!(
                page.headers.one("content-type").starts_with("text/html"),
                "{method} {nothing}"
            );
            assert!(page.headers.has("content-security-policy"));
            assert_eq!(page.headers.one("cache-control"), "no-store");
        }
        place.server.get(nothing).expect_problem(404);
        place.server.request("GET", nothing, &[("accept", "application/json")]).expect_problem(404);
    }
    place.server.request("GET", "/api/v1/nothing", &accept).expect_problem(404);
    assert_ne!(place.server.request("POST", "/nothing", &accept).status, 200);
    place.server.request("GET", "/old/sea%20of%20trees.mp4", &accept).expect_status(200);
}

#[test]
fn suggestions_know_tags_and_folders_however_deep_they_lie() {
    let place = Place::open();
    let deep = place.folder.join("old/Été en mer");
    fs::create_dir_all(&deep).unwrap();
    fs::copy(Clips::open().clip(Container::Mkv).path, deep.join("b.mkv")).unwrap();
    until("the other film", || (place.get("/videos")["total"] == 2).then_some(()));
    let id = place.id();
    ask(&place.server, "PUT", &format!("/api/v1/videos/{id}/tags"), &json!(["Été"]))
        .expect_status(200);
    let found = place.get("/suggest?q=ete");
    assert_eq!(found["tags"][0]["name"], "Été");
    assert_eq!(found["folders"][0]["name"], "Été en mer", "{found}");
    assert_eq!(place.get("/suggest?q=OLD")["folders"][0]["folder"], "old");
    assert_eq!(place.get("/suggest?q=mer")["folders"].as_array().unwrap().len(), 1);
    assert_eq!(place.get("/suggest?q=")["folders"], json!([]));
}
