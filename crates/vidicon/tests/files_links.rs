//! Symbolic links, under each of the three policies.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
};

use testkit::{Folder, Server};

const OUTSIDE: &str = "OUTSIDE";

/// A media folder with links of every kind, and a folder outside that some of them lead to.
fn linked() -> (Folder, Folder) {
    let (media, drive) = (Folder::new(), Folder::new());
    drive.write("film.mp4", OUTSIDE).write("films/deep.mp4", OUTSIDE);
    media
        .write("real.mp4", "inside")
        .write("films/real.mp4", "inside")
        // To a file and to a folder, inside and outside, relative and absolute.
        .link("near.mp4", "real.mp4")
        .link("near-absolute.mp4", media.join("real.mp4"))
        .link("near-folder", "films")
        .link("films/up.mp4", "../real.mp4")
        .link("far.mp4", drive.join("film.mp4"))
        .link("drive", drive.path())
        .link("twice.mp4", "far.mp4")
        // To nothing, to themselves, in a circle, to the folder above.
        .link("dangling.mp4", "nothing.mp4")
        .link("self.mp4", "self.mp4")
        .link("ping.mp4", "pong.mp4")
        .link("pong.mp4", "ping.mp4")
        .link("films/loop", "../films");
    (media, drive)
}

const INSIDE_LINKS: [&str; 5] = [
    "near.mp4",
    "near-absolute.mp4",
    "near-folder/real.mp4",
    "films/up.mp4",
    "films/loop/real.mp4",
];
const OUTSIDE_LINKS: [&str; 4] = ["far.mp4", "drive/film.mp4", "drive/films/deep.mp4", "twice.mp4"];
const NOWHERE: [&str; 5] =
    ["dangling.mp4", "self.mp4", "ping.mp4", "pong.mp4", "drive/../../etc/passwd"];

fn serve(media: &Folder, policy: Option<&str>) -> Server {
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(media.path());
    match policy {
        Some(policy) => server.set("files.symlinks", policy).start(),
        None => server.start(),
    }
}

/// Asserts of each name whether it is served with this text, or answers 404.
#[track_caller]
fn check(server: &Server, names: &[&str], text: Option<&str>) {
    for name in names {
        for target in [format!("/{name}"), format!("/video/{name}")] {
            let response = server.get(&target);
            if let Some(text) = text {
                assert_eq!(response.expect_status(200).text(), text, "{target}");
            } else {
                assert!([400, 404].contains(&response.status), "{target}: {}", response.status);
                response.expect_problem(response.status);
                assert!(!response.text().contains(OUTSIDE));
            }
        }
    }
}

#[test]
fn links_are_followed_by_default_also_to_another_drive() {
    let (media, _drive) = linked();
    for policy in [None, Some("follow")] {
        let server = serve(&media, policy);
        check(&server, &INSIDE_LINKS, Some("inside"));
        check(&server, &OUTSIDE_LINKS, Some(OUTSIDE));
        check(&server, &NOWHERE, None);
    }
}

#[test]
fn the_policy_inside_follows_links_that_stay_inside() {
    let (media, _drive) = linked();
    let server = serve(&media, Some("inside"));
    // An absolute link names a place of the machine; whether it counts as inside is left open.
    let relative: Vec<_> =
        INSIDE_LINKS.into_iter().filter(|name| *name != "near-absolute.mp4").collect();
    check(&server, &relative, Some("inside"));
    check(&server, &OUTSIDE_LINKS, None);
    check(&server, &NOWHERE, None);
    check(&server, &["real.mp4", "films/real.mp4"], Some("inside"));
}

#[test]
fn the_policy_refuse_follows_none() {
    let (media, _drive) = linked();
    let server = serve(&media, Some("refuse"));
    check(&server, &INSIDE_LINKS, None);
    check(&server, &OUTSIDE_LINKS, None);
    check(&server, &NOWHERE, None);
    check(&server, &["real.mp4", "films/real.mp4"], Some("inside"));
}

#[test]
fn a_media_folder_may_itself_be_reached_by_a_link() {
    let (media, links) = (Folder::new(), Folder::new());
    media.write("film.mp4", "inside");
    links.link("videos", media.path());
    for policy in ["follow", "inside", "refuse"] {
        let server = Server::of(env!("CARGO_BIN_EXE_vidicon"))
            .folder(links.join("videos"))
            .set("files.symlinks", policy)
            .start();
        check(&server, &["film.mp4"], Some("inside"));
    }
}

#[test]
fn a_folder_that_becomes_a_link_while_it_is_asked_for_leads_nowhere() {
    let (media, drive) = (Folder::new(), Folder::new());
    media.write("folder/film.mp4", "inside");
    drive.write("film.mp4", OUTSIDE);
    media.link("trap", drive.path());
    for policy in ["inside", "refuse"] {
        let server = serve(&media, Some(policy));
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                // Both names change places again and again: now a folder, now a link.
                let [folder, trap, spare] = ["folder", "trap", "spare"].map(|n| media.join(n));
                while !done.load(Ordering::Relaxed) {
                    fs::rename(&folder, &spare).unwrap();
                    fs::rename(&trap, &folder).unwrap();
                    fs::rename(&spare, &trap).unwrap();
                }
            });
            let mut http = server.http();
            let mut answers = [0, 0];
            for _ in 0..3000 {
                let response = http.get("/folder/film.mp4");
                if response.status == 200 {
                    answers[0] += 1;
                    if response.text() != "inside" {
                        done.store(true, Ordering::Relaxed);
                        panic!("{policy}: bytes from outside");
                    }
                } else {
                    answers[1] += 1;
                }
            }
            done.store(true, Ordering::Relaxed);
            eprintln!("{policy}: {answers:?} served and refused");
        });
        // Leave the folder as it was for the next policy.
        if media.join("folder").is_symlink() {
            fs::rename(media.join("folder"), media.join("spare")).unwrap();
            fs::rename(media.join("trap"), media.join("folder")).unwrap();
            fs::rename(media.join("spare"), media.join("trap")).unwrap();
        }
    }
}
