//! What is in the kernel's caches is served without a thread that may wait.

use std::{sync::mpsc, time::Duration};

use super::*;

fn is_held(folders: &Folders) -> bool {
    folders.0.ways[0].handle.is_held()
}

/// Occupies the only thread that may wait until the sender is dropped.
async fn with_all_waiting_threads_busy<T>(work: impl Future<Output = T>) -> T {
    let (release, held) = mpsc::channel::<()>();
    let busy = tokio::task::spawn_blocking(move || held.recv());
    let result = work.await;
    drop(release);
    busy.await.unwrap().unwrap_err();
    result
}

/// A runtime with one waiting thread and a clock that stands still while anybody works.
fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .max_blocking_threads(1)
        .build()
        .unwrap()
        .block_on(work)
}

#[test]
fn a_slow_disk_does_not_delay_a_hot_file() {
    run(async {
        let root = folder(&["a.mp4", "films/b.mp4"]);
        std::os::unix::fs::symlink("films/b.mp4", root.path().join("link.mp4")).unwrap();
        for symlinks in [Symlinks::Follow, Symlinks::Inside, Symlinks::Refuse] {
            let folders = serve(&[root.path()], symlinks);
            for path in ["/a.mp4", "/films/b.mp4", "/none.mp4"] {
                let _ = get(&folders, path).await;
            }
            if !is_held(&folders) {
                eprintln!("skipped: not a local file system, or no openat2");
                return;
            }
            let path = RelativePath::from_url_path("/films/b.mp4").unwrap();
            let ask = http::HeaderMap::new();
            let reply = with_all_waiting_threads_busy(async {
                assert!(missing(&folders, "/none.mp4").await);
                let file = folders.open(&path).await.unwrap();
                let ask = crate::Ask { method: &http::Method::GET, headers: &ask, download: false };
                crate::reply(file, ask, &crate::Policy::default()).await.unwrap()
            });
            assert!(
                matches!(reply.await.plan.parts(), [extents::Part::Bytes(bytes)] if bytes == "films/b.mp4")
            );
        }
    });
}

#[test]
fn a_folder_is_let_go_after_a_moment_so_that_its_drive_can_be_unmounted() {
    run(async {
        let root = folder(&["a.mp4"]);
        let folders = serve(&[root.path()], Symlinks::Follow);
        get(&folders, "/a.mp4").await.unwrap();
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(!is_held(&folders));
        assert_eq!(get(&folders, "/a.mp4").await.unwrap(), "a.mp4");
    });
}

#[test]
fn a_folder_that_was_replaced_is_noticed() {
    run(async {
        let base = folder(&["videos/a.mp4", "new/a.mp4"]);
        let videos = base.path().join("videos");
        let folders = serve(&[&videos], Symlinks::Follow);
        assert_eq!(get(&folders, "/a.mp4").await.unwrap(), "videos/a.mp4");
        fs::rename(&videos, base.path().join("old")).unwrap();
        fs::rename(base.path().join("new"), &videos).unwrap();
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(get(&folders, "/a.mp4").await.unwrap(), "new/a.mp4");
    });
}
