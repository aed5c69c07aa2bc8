#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod away;
mod confinement;
#[cfg(target_os = "linux")]
mod hot;
mod hung;
mod withheld;

use std::{fs, io::Read, path::Path};

use http::StatusCode;
use tempfile::TempDir;

use super::*;

/// A folder with a few files; each file's content is its own path.
fn folder(files: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        write(folder.path(), file, file);
    }
    folder
}

fn write(root: &Path, file: &str, content: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn serve(roots: &[&Path], symlinks: Symlinks) -> Folders {
    Folders::new(roots.iter().map(|root| root.to_path_buf()).collect(), symlinks).unwrap()
}

/// The content of the file at a path, as a client would get it.
async fn get(folders: &Folders, path: &str) -> Result<String, OpenError> {
    let file = folders.open(&RelativePath::from_url_path(path).unwrap()).await?;
    let mut content = String::new();
    (&*file.file).read_to_string(&mut content).unwrap();
    assert_eq!(file.len, content.len() as u64);
    Ok(content)
}

async fn missing(folders: &Folders, path: &str) -> bool {
    matches!(get(folders, path).await, Err(OpenError::NotFound))
}

#[tokio::test]
async fn a_file_is_found_with_its_size_name_and_time() {
    let root = folder(&["films/a b.mp4"]);
    let path = RelativePath::from_url_path("/films/a%20b.mp4").unwrap();
    let file = serve(&[root.path()], Symlinks::Follow).open(&path).await.unwrap();
    let metadata = fs::metadata(root.path().join("films/a b.mp4")).unwrap();
    assert_eq!((file.len, file.modified), (13, metadata.modified().unwrap()));
    assert_eq!(file.identity, FileIdentity::of(&metadata));
    assert_eq!(file.name, "a b.mp4");
}

#[tokio::test]
async fn directories_and_paths_through_files_do_not_exist() {
    let root = folder(&["films/a.mp4"]);
    let folders = serve(&[root.path()], Symlinks::Follow);
    for path in ["/films", "/nothing", "/films/nothing", "/films/a.mp4/b", "/nothing/a.mp4"] {
        // Twice: on the first way the kernel has nothing in its caches, on the second it has.
        assert!(missing(&folders, path).await && missing(&folders, path).await, "{path}");
    }
}

#[tokio::test]
async fn of_several_folders_the_first_that_has_the_file_wins() {
    let (one, two) = (folder(&["a.mp4", "b/c.mp4"]), folder(&["b", "d.mp4"]));
    write(two.path(), "a.mp4", "the other one");
    let folders = serve(&[one.path(), two.path()], Symlinks::Follow);
    for _ in 0..2 {
        assert_eq!(get(&folders, "/a.mp4").await.unwrap(), "a.mp4");
        assert_eq!(get(&folders, "/d.mp4").await.unwrap(), "d.mp4");
        // A directory in the first does not hide a file in the second.
        assert_eq!(get(&folders, "/b").await.unwrap(), "b");
        assert!(missing(&folders, "/e.mp4").await);
    }
}

#[tokio::test]
async fn a_folder_that_is_gone_is_told_unless_another_has_the_file() {
    let (one, two) = (folder(&["a.mp4"]), folder(&["b.mp4"]));
    let folders = serve(&[one.path(), two.path()], Symlinks::Follow);
    assert_eq!(get(&folders, "/a.mp4").await.unwrap(), "a.mp4");
    let path = one.path().to_owned();
    one.close().unwrap();
    let error = get(&folders, "/a.mp4").await.unwrap_err();
    assert!(matches!(error, OpenError::FolderMissing(_)), "{error:?}");
    assert_eq!(error.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(get(&folders, "/b.mp4").await.unwrap(), "b.mp4");
    // It comes back, as a drive does.
    write(&path, "a.mp4", "again");
    assert_eq!(get(&folders, "/a.mp4").await.unwrap(), "again");
    fs::remove_dir_all(path).unwrap();
}

#[test]
fn a_folder_that_cannot_be_served_is_named_at_once() {
    let root = folder(&["a.mp4"]);
    let of = |name: &str| Folders::new(vec![root.path().join(name)], Symlinks::Follow).unwrap_err();
    assert!(matches!(of("a.mp4"), FoldersError::NotAFolder { .. }));
    // A name that no folder can have: nothing will ever be there.
    let long = "x".repeat(256);
    assert!(matches!(of(&long), FoldersError::Unreadable { .. }));
    assert!(matches!(of("a.mp4/below"), FoldersError::Unreadable { .. }));
    for name in ["a.mp4", &long] {
        assert!(of(name).to_string().contains(name), "{}", of(name));
    }
}

#[test]
fn folders_are_kept_absolute() {
    let folders = Folders::new(vec![".".into()], Symlinks::Follow).unwrap();
    assert!(folders.roots()[0].is_absolute());
}

#[test]
fn errors_of_the_system_are_sorted_and_never_show_a_path() {
    use rustix::io::Errno;
    let sorted = |errno: Errno| match error::of_file(errno.into()) {
        Fault::Missing => OpenError::NotFound,
        Fault::Skip(error) | Fault::Stop(error) => error,
    };
    for (errno, status) in [
        (Errno::NOENT, 404),
        (Errno::NOTDIR, 404),
        (Errno::LOOP, 404),
        (Errno::NAMETOOLONG, 404),
        (Errno::NXIO, 404),
        (Errno::ACCESS, 403),
        (Errno::PERM, 403),
        (Errno::MFILE, 503),
        (Errno::NFILE, 503),
        (Errno::NOMEM, 503),
        (Errno::IO, 500),
        (Errno::STALE, 500),
    ] {
        let error = sorted(errno);
        assert_eq!(error.status(), status, "{errno:?}");
        assert!(!error.to_string().contains('\n') && !error.to_string().contains("os error"));
    }
    // A file that may not be read here may be readable in the next folder; a failing disk ends it.
    assert!(matches!(error::of_file(Errno::ACCESS.into()), Fault::Skip(_)));
    assert!(matches!(error::of_file(Errno::IO.into()), Fault::Stop(_)));
}

#[tokio::test]
async fn pipes_and_sockets_do_not_exist_and_hold_nobody_up() {
    let root = folder(&["a.mp4"]);
    let pipe = rustix::fs::FileType::Fifo;
    let mode = rustix::fs::Mode::RUSR;
    rustix::fs::mknodat(rustix::fs::CWD, root.path().join("pipe"), pipe, mode, 0).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(root.path().join("socket")).unwrap();
    std::os::unix::fs::symlink("/dev/null", root.path().join("device")).unwrap();
    let folders = serve(&[root.path()], Symlinks::Follow);
    for path in ["/pipe", "/socket", "/device"] {
        assert!(missing(&folders, path).await && missing(&folders, path).await, "{path}");
    }
}
