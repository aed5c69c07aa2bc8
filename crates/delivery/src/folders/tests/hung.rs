//! A drive that hangs holds up what is on it and nothing else.

use std::{
    sync::{Mutex, mpsc},
    time::Duration,
};

use tokio::{task::JoinSet, time::timeout};

use super::*;
use crate::{gate::THREADS, read::read_range};

/// A runtime with one waiting thread more than a folder may have.
fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(THREADS + 1)
        .build()
        .unwrap()
        .block_on(work)
}

/// Lets more clients than there are threads call this folder's drive, which hangs until the sender
/// is dropped. Returns once all the threads that may wait for it do.
async fn hang(folders: &Folders, root: usize) -> (mpsc::Sender<()>, JoinSet<()>) {
    let (release, held) = mpsc::channel::<()>();
    let held = Arc::new(Mutex::new(held));
    let (hangs, mut hanging) = tokio::sync::mpsc::unbounded_channel();
    let mut calls = JoinSet::new();
    for _ in 0..THREADS * 3 {
        let (gate, held, hangs) = (folders.0.ways[root].gate.clone(), held.clone(), hangs.clone());
        calls.spawn(async move {
            let call = move || {
                let _ = hangs.send(());
                let _ = held.lock().unwrap().recv();
            };
            gate.run(call).await.unwrap();
        });
    }
    for _ in 0..THREADS {
        hanging.recv().await.unwrap();
    }
    (release, calls)
}

/// What has to be there while a drive hangs. The limit only turns a test that would never end into
/// one that fails.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(20), work).await.expect("held up by a drive that hangs")
}

#[test]
fn a_hung_drive_keeps_no_other_drives_cold_files_from_being_opened() {
    run(async {
        let (good, bad) = (folder(&["a.mp4"]), folder(&["b.mp4"]));
        let folders = serve(&[good.path(), bad.path()], Symlinks::Follow);
        let (release, hung) = hang(&folders, 1).await;
        // Nothing is known of the folders yet, so this takes a thread that may wait.
        assert_eq!(soon(get(&folders, "/a.mp4")).await.unwrap(), "a.mp4");
        // Who wants something from the hung drive waits, and may give up.
        let mut impatient = Box::pin(get(&folders, "/b.mp4"));
        assert!(timeout(Duration::ZERO, &mut impatient).await.is_err());
        drop(impatient);
        let patient = tokio::spawn({
            let folders = folders.clone();
            async move { get(&folders, "/b.mp4").await }
        });
        // The drive answers again, and so do we.
        drop(release);
        hung.join_all().await;
        assert_eq!(patient.await.unwrap().unwrap(), "b.mp4");
    });
}

#[test]
fn a_small_body_waits_for_its_own_drive_only() {
    run(async {
        let (good, bad) = (folder(&["a.mp4"]), folder(&["b.mp4"]));
        let folders = serve(&[good.path(), bad.path()], Symlinks::Follow);
        let open =
            async |path| folders.open(&RelativePath::from_url_path(path).unwrap()).await.unwrap();
        let (on_good, on_bad) = (open("/a.mp4").await, open("/b.mp4").await);
        let (release, hung) = hang(&folders, 1).await;
        // Past the end, where the page cache has nothing: these reads have to ask the disk.
        let read = async |file: &OpenFile| {
            read_range(&file.file, file.len..file.len + 1, &file.gate).await
        };
        let mut waits = Box::pin(read(&on_bad));
        assert!(timeout(Duration::ZERO, &mut waits).await.is_err());
        // The one thread that is free takes its work in order, so it would be done with the other.
        assert!(soon(read(&on_good)).await.is_err());
        assert!(timeout(Duration::ZERO, &mut waits).await.is_err());
        drop(release);
        hung.join_all().await;
        assert!(waits.await.is_err());
    });
}

#[test]
fn what_lies_beside_a_file_does_not_wait_for_other_drives_that_hang() {
    run(async {
        let (good, bad) = (folder(&["a.mp4", "a.srt"]), folder(&["a.en.srt"]));
        let folders = serve(&[good.path(), bad.path()], Symlinks::Follow);
        let path = RelativePath::from_url_path("/a.mp4").unwrap();
        let file = folders.open(&path).await.unwrap();
        let list = async || soon(folders.siblings(&path, Some(&file.gate), 10)).await;
        let (release, hung) = hang(&folders, 1).await;
        let found = list().await;
        assert_eq!((found.names, found.whole), (vec!["a.mp4".into(), "a.srt".into()], false));
        // The second does not even try.
        let found = timeout(Duration::from_secs(1), list()).await.unwrap();
        assert!(!found.whole);
        drop(release);
        hung.join_all().await;
        while folders.0.ways[1].overdue.load(std::sync::atomic::Ordering::Relaxed) > 0 {
            tokio::task::yield_now().await;
        }
        let found = list().await;
        assert_eq!((found.names.len(), found.whole), (3, true));
    });
}
