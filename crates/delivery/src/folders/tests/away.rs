//! Folders whose drive comes and goes.

use std::time::Duration;

use rustix::io::Errno;

use super::*;

async fn is_away(folders: &Folders, path: &str) -> bool {
    let error = get(folders, path).await.unwrap_err();
    matches!(error, OpenError::FolderMissing(_)) && error.status() == 503
}

/// Longer than a folder is held open. The clock of these tests stands still while anybody works.
async fn a_moment() {
    tokio::time::sleep(Duration::from_secs(2)).await;
}

#[tokio::test(start_paused = true)]
async fn a_folder_that_is_missing_at_first_is_served_whenever_it_is_there() {
    let (base, other) = (folder(&["unplugged/a.mp4"]), folder(&["b.mp4"]));
    let (unplugged, drive) = (base.path().join("unplugged"), base.path().join("drive"));
    for symlinks in [Symlinks::Follow, Symlinks::Inside, Symlinks::Refuse] {
        let folders = serve(&[&drive, other.path()], symlinks);
        assert_eq!(folders.roots(), [drive.as_path(), other.path()]);
        for _ in 0..2 {
            // Twice: on the second round the other folder is known.
            for _ in 0..2 {
                assert!(is_away(&folders, "/a.mp4").await, "{symlinks:?}");
                assert_eq!(get(&folders, "/b.mp4").await.unwrap(), "b.mp4");
            }
            fs::rename(&unplugged, &drive).unwrap();
            for _ in 0..2 {
                assert_eq!(get(&folders, "/a.mp4").await.unwrap(), "unplugged/a.mp4");
                assert_eq!(get(&folders, "/b.mp4").await.unwrap(), "b.mp4");
                assert!(missing(&folders, "/none.mp4").await);
            }
            fs::rename(&drive, &unplugged).unwrap();
            a_moment().await;
        }
        assert!(is_away(&folders, "/a.mp4").await);
    }
}

#[tokio::test]
async fn the_only_folder_may_be_missing_too() {
    let base = folder(&[]);
    let films = base.path().join("films");
    let folders = serve(&[&films], Symlinks::Follow);
    assert!(is_away(&folders, "/a.mp4").await);
    write(&films, "a.mp4", "film");
    assert_eq!(get(&folders, "/a.mp4").await.unwrap(), "film");
}

#[tokio::test]
async fn a_link_that_leads_nowhere_is_a_folder_that_is_away() {
    let base = folder(&["there/a.mp4"]);
    let link = base.path().join("link");
    std::os::unix::fs::symlink("nowhere", &link).unwrap();
    let folders = serve(&[&link], Symlinks::Refuse);
    assert!(is_away(&folders, "/a.mp4").await);
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink("there", &link).unwrap();
    assert_eq!(get(&folders, "/a.mp4").await.unwrap(), "there/a.mp4");
}

#[tokio::test]
async fn a_file_in_the_place_of_a_folder_does_not_hide_that_the_folder_is_away() {
    let base = folder(&[]);
    let films = base.path().join("films");
    let folders = serve(&[&films], Symlinks::Follow);
    fs::write(&films, "not a folder").unwrap();
    assert!(is_away(&folders, "/a.mp4").await);
    let path = RelativePath::from_url_path("/a.mp4").unwrap();
    let portable = folders.0.open_portable(0, &path);
    assert!(matches!(portable, Err(Fault::Skip(OpenError::FolderMissing(_)))));
}

#[test]
fn a_mount_point_whose_drive_is_away_says_so_in_many_ways() {
    for errno in [
        Errno::NOENT,
        Errno::NODEV,
        Errno::NXIO,
        Errno::NOTCONN,
        Errno::HOSTDOWN,
        Errno::HOSTUNREACH,
        Errno::NETUNREACH,
        Errno::TIMEDOUT,
        Errno::STALE,
    ] {
        let fault = error::of_folder(errno.into());
        assert!(matches!(fault, Fault::Skip(OpenError::FolderMissing(_))), "{errno:?} {fault:?}");
        assert!(error::is_away(&errno.into()), "{errno:?}");
    }
    for errno in [Errno::ACCESS, Errno::IO, Errno::LOOP, Errno::NOTDIR, Errno::NAMETOOLONG] {
        assert!(!error::is_away(&errno.into()), "{errno:?}");
    }
}
