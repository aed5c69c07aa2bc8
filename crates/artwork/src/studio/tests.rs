#![allow(clippy::unwrap_used)]
use std::{os::unix::fs::PermissionsExt as _, path::PathBuf, time::Duration};

use testkit::oddities;

use super::*;
use crate::{
    Settings,
    testing::{Bench, films, url},
};

/// A studio for the folder of this file.
fn studio(bench: &Bench, file: &str) -> (Studio, String) {
    let path = oddities::named(file).path();
    let (films, folders) = films(&path);
    (Studio::new(bench.workshop.clone(), films, folders, Crew::default()), url(&path))
}

/// A bench whose ffmpeg notes its number and then does nothing for ever.
fn idle() -> (Bench, PathBuf, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (program, note) = (folder.path().join("ffmpeg"), folder.path().join("numbers"));
    let script = format!("#!/bin/sh\necho $$ >> {}\nexec sleep 600\n", note.display());
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let settings = Settings { ffmpeg: program, ..Settings::default() };
    (Bench::with(settings), note, folder)
}

async fn until<T>(what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = ready() {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(testkit::DEADLINE, found).await.unwrap_or_else(|_| panic!("{what}"))
}

#[tokio::test]
async fn all_who_ask_get_what_was_made_once() {
    let bench = Bench::new();
    let (studio, name) = studio(&bench, "clean.mp4");
    let one = studio.ask(&name, Task::Stills, Urgency::Background);
    let others: Vec<Ticket> =
        (0..20).map(|_| studio.ask(&name, Task::Stills, Urgency::OnDemand)).collect();
    assert_eq!(studio.load().running, 1);
    let made = one.made().await.unwrap();
    for other in others {
        assert_eq!(other.made().await.unwrap(), made);
    }
    let Made::Stills(stills) = made else { panic!("stills") };
    assert!(bench.workshop.pictures().has(&stills.poster.file));
    until("the studio is idle", || (studio.load() == Load::default()).then_some(())).await;
}

#[tokio::test]
async fn whoever_leaves_ends_the_process_and_the_next_begins() {
    let (bench, note, _folder) = idle();
    let (studio, name) = studio(&bench, "clean.mp4");
    let ticket = studio.ask(&name, Task::Stills, Urgency::OnDemand);
    let number = || std::fs::read_to_string(&note).ok()?.trim().parse::<u32>().ok();
    let number = until("a process", number).await;
    drop(ticket);
    let gone = || {
        let stat = std::fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        (stat.is_empty() || stat.contains(") Z")).then_some(())
    };
    until("its end", gone).await;
    until("an idle studio", || (studio.load() == Load::default()).then_some(())).await;
    let next = studio.ask(&name, Task::Preview(vec![]), Urgency::Background);
    until("another process", || {
        (std::fs::read_to_string(&note).ok()?.lines().count() == 2).then_some(())
    })
    .await;
    studio.stop_background();
    assert_eq!(next.made().await.unwrap_err(), NoPicture::Cancelled);
}

#[tokio::test]
async fn whoever_scrolls_away_and_back_gets_the_picture_all_the_same() {
    let bench = Bench::new();
    let (studio, name) = studio(&bench, "clean.mp4");
    let ticket = studio.ask(&name, Task::Stills, Urgency::OnDemand);
    assert_eq!(studio.load().running, 1);
    drop(ticket);
    let back = studio.ask(&name, Task::Stills, Urgency::OnDemand);
    assert!(matches!(back.made().await, Ok(Made::Stills(_))));
}

/// In a thread of its own, so that a server that would never end fails the test and no more.
fn ends_while_works_wait(runtime: tokio::runtime::Runtime) {
    let (said, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let (bench, note, _folder) = idle();
        let tickets = runtime.block_on(async {
            let (studio, name) = studio(&bench, "clean.mp4");
            let mut tickets = vec![studio.ask(&name, Task::Stills, Urgency::Background)];
            let task = |ms| (&name, Task::PosterAt(ms), Urgency::Background);
            let waiting = (0..5_000).map(task);
            tickets.extend(waiting.map(|(name, task, urgency)| studio.ask(name, task, urgency)));
            until("a process", || note.exists().then_some(())).await;
            tickets
        });
        drop(runtime);
        said.send(tickets).unwrap();
    });
    let tickets = heard.recv_timeout(testkit::DEADLINE).expect("the runtime ends");
    let later = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for ticket in tickets {
        assert_eq!(later.block_on(ticket.made()).unwrap_err(), NoPicture::Cancelled);
    }
}

#[test]
fn a_server_ends_while_works_wait() {
    use tokio::runtime::Builder;
    ends_while_works_wait(Builder::new_current_thread().enable_all().build().unwrap());
    let two = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    ends_while_works_wait(two);
}

#[tokio::test]
async fn a_video_that_is_not_there_is_a_reason() {
    let bench = Bench::new();
    let (studio, _) = studio(&bench, "clean.mp4");
    let asked = studio.ask("nothing.mp4", Task::Stills, Urgency::OnDemand);
    let error = asked.made().await.unwrap_err();
    assert!(matches!(error, NoPicture::Disk(_)) && !error.is_lasting(), "{error:?}");
}
