//! A drive that hangs holds up what is on it and nothing else.

use std::sync::mpsc;

use tokio::task::{JoinSet, yield_now};

use super::*;
use crate::gate::THREADS;

/// A runtime with one waiting thread more than a folder may have.
fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(THREADS + 1)
        .build()
        .unwrap()
        .block_on(work)
}

/// Lets every call to this folder's drive hang, until the sender is dropped. Returns once all the
/// threads that may wait for it do.
async fn hang(folders: &Folders, root: usize) -> (mpsc::Sender<()>, JoinSet<()>) {
    let (release, held) = mpsc::channel::<()>();
    let held = std::sync::Arc::new(std::sync::Mutex::new(held));
    let (hangs, mut hanging) = tokio::sync::mpsc::unbounded_channel();
    let mut calls = JoinSet::new();
    for _ in 0..THREADS {
        let (gate, held, hangs) = (folders.0.ways[root].gate.clone(), held.clone(), hangs.clone());
        calls.spawn(async move {
            let call = move || {
                hangs.send(()).unwrap();
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

#[test]
fn a_hung_drive_keeps_no_other_drives_cold_files_from_being_opened() {
    run(async {
        let (good, bad) = (folder(&["a.mp4"]), folder(&["b.mp4"]));
        let folders = serve(&[good.path(), bad.path()], Symlinks::Follow);
        let (release, hung) = hang(&folders, 1).await;
        // Many more clients want something from it, and some of them give up.
        let client = || {
            let folders = folders.clone();
            async move { get(&folders, "/b.mp4").await.unwrap() }
        };
        let mut impatient = JoinSet::new();
        let mut patient = JoinSet::new();
        for _ in 0..THREADS * 2 {
            impatient.spawn(client());
            patient.spawn(client());
        }
        yield_now().await;
        // Nothing of this folder is known yet, so that it takes a thread that may wait.
        let cold = serve(&[good.path()], Symlinks::Follow);
        assert_eq!(get(&cold, "/a.mp4").await.unwrap(), "a.mp4");
        assert_eq!(get(&folders, "/a.mp4").await.unwrap(), "a.mp4");
        impatient.shutdown().await;
        assert!(patient.try_join_next().is_none());
        // The drive answers again, and so do we.
        drop(release);
        hung.join_all().await;
        assert!(patient.join_all().await.iter().all(|content| content == "b.mp4"));
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
            crate::read::read_range(&file.file, file.len..file.len + 1, &file.gate).await
        };
        assert!(read(&on_good).await.is_err());
        let mut waits = Box::pin(read(&on_bad));
        let polled = std::future::poll_fn(|cx| std::task::Poll::Ready(waits.as_mut().poll(cx)));
        assert!(polled.await.is_pending());
        drop(release);
        hung.join_all().await;
        assert!(waits.await.is_err());
    });
}
