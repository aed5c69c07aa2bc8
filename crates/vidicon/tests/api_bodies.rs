//! What is sent to the server: forms of older pages as browsers send them, and pictures.
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
    tools, until,
};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// A server with one film, once it is listed; and the film's id.
fn serve() -> (Server, Folder, String) {
    let folder = Folder::new();
    let clips = Clips::open();
    let path = folder.join("a land & sky.mkv");
    fs::copy(clips.folder().join(clips.clip(Container::Mkv).name()), &path).unwrap();
    // As if nobody had written to it for long.
    let ago = std::time::SystemTime::now() - Duration::from_hours(1);
    fs::File::options().append(true).open(&path).unwrap().set_modified(ago).unwrap();
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start();
    let id = until("the film is listed", || {
        let answer = server.get("/api/v1/videos");
        let list: Value = serde_json::from_slice(&answer.body).ok()?;
        Some(list.pointer("/items/0/id")?.as_str()?.to_owned())
    });
    (server, folder, id)
}

fn send(
    server: &Server,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Response {
    let length = body.len().to_string();
    let mut all = vec![("content-length", &*length)];
    all.extend_from_slice(headers);
    let mut http = server.http();
    let mut bytes = http.head_of(method, target, &all);
    bytes.extend_from_slice(body);
    http.send(bytes);
    http.read_response(method)
}

#[test]
fn older_scripts_may_write_numbers_as_text_and_names_as_their_language_encodes_them() {
    let (server, folder, _) = serve();
    let moved = folder.join("coast/a land & sky.mkv");
    fs::create_dir(folder.join("coast")).unwrap();
    fs::rename(folder.join("a land & sky.mkv"), moved).unwrap();
    let headers = [("content-type", "application/json")];
    let body = br#"{"filename": "coast%2Fa%20land%20%26%20sky.mkv", "rating": "4"}"#;
    let rated = until("the film is found in its folder", || {
        let answer = send(&server, "POST", "/rate", &headers, body);
        (answer.status == 200).then_some(answer)
    });
    let rated: Value = serde_json::from_slice(&rated.body).unwrap();
    assert_eq!(rated["rating"], 4);
    // What is left out is left as it is by itself, be it all.
    send(&server, "POST", "/api/v1/thumbnails", &[], b"").expect_status(202);
}

#[test]
fn forms_of_older_pages_are_taken_as_browsers_send_them() {
    let (server, _folder, _) = serve();
    let own = format!("http://{}", server.addr());
    let headers = [
        ("accept", BROWSER),
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", &own),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "navigate"),
    ];
    let film = "filename=a+land+%26+sky.mkv";
    for (target, body, expected) in [
        ("/rate", "&rating=3", json!({"rating": 3})),
        ("/view", "", json!({"views": 1})),
        ("/favorites", "", json!({"favorite": true})),
        ("/favorites", "&favorite=false", json!({"favorite": false})),
        ("/favorites", "&favorite=1", json!({"favorite": true})),
        ("/tags", "&tags=sea%2C+blue", json!({"tags": ["sea", "blue"]})),
    ] {
        let answer = send(&server, "POST", target, &headers, format!("{film}{body}").as_bytes());
        answer.expect_status(200);
        let answer: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(
            (&answer["success"], &answer["filename"]),
            (&json!(true), &json!("a land & sky.mkv"))
        );
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&answer[name], value, "{target}: {answer}");
        }
    }
    send(&server, "POST", "/admin/cache/refresh", &headers, b"").expect_status(200);
    send(&server, "POST", "/admin/performance", &headers, b"action=dance").expect_problem(422);
    // What is read stays a page for browsers.
    for target in ["/favorites", "/tags", "/admin/performance", "/watch/a%20land%20&%20sky.mkv"] {
        let page = server.request("GET", target, &[("accept", BROWSER)]);
        assert!(page.headers.one("content-type").starts_with("text/html"), "{target}");
    }
    // And what is only a page can only be read.
    for target in ["/", "/settings"] {
        send(&server, "POST", target, &headers, b"").expect_problem(405);
    }
}

#[test]
fn a_poster_may_be_larger_than_what_is_written() {
    let (server, folder, id) = serve();
    let picture = folder.join("noise.png");
    let noise = "color=black:s=1200x1000,noise=alls=100:allf=t,format=rgb24";
    let made = tools::run(
        tools::require("ffmpeg", "ffmpeg")
            .args(["-v", "error", "-f", "lavfi", "-i", noise, "-frames:v", "1"])
            .arg(&picture),
    );
    assert!(made.status.success(), "{made:?}");
    let picture = fs::read(picture).unwrap();
    assert!(picture.len() > 2 << 20, "{}", picture.len());
    let poster = format!("/api/v1/videos/{id}/poster");
    let kind = [("content-type", "image/png")];
    send(&server, "PUT", &poster, &kind, &picture).expect_status(200);

    // But not without end, whether or not its length is told; and nothing else may be so long.
    for (target, length) in [(&*poster, "20971521"), ("/api/v1/admin/password", "1048577")] {
        let mut http = server.http();
        http.send_request("PUT", target, &[kind[0], ("content-length", length)]);
        http.read_response("PUT").expect_problem(413);
    }
    let mut http = server.http();
    http.send_request("PUT", &poster, &[kind[0], ("transfer-encoding", "chunked")]);
    let mut chunk = b"100000\r\n".to_vec();
    chunk.extend_from_slice(&vec![0; 1 << 20]);
    chunk.extend_from_slice(b"\r\n");
    for _ in 0..21 {
        if http.try_send(&chunk).is_err() {
            break;
        }
    }
    let _ = http.try_send("0\r\n\r\n");
    http.read_response("PUT").expect_problem(413);
}
