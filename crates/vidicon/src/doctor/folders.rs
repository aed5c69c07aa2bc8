//! Folders and files: is there media to serve, can data be written, can certificates be read?

use std::{
    fs::{self, File},
    io::ErrorKind,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use rustix::fs::{Access, access};

use super::report::Check;
use crate::data_folder::{self, Holder};

/// Is there something to serve in this media folder? `absolute` is where `named` lies.
pub(super) fn media(named: &Path, absolute: &Path) -> Check {
    let name = format!("media folder {}", named.display());
    let entries = match fs::read_dir(absolute) {
        Ok(entries) => entries,
        Err(error) => {
            let (found, mend) = match error.kind() {
                ErrorKind::NotFound => (
                    "does not exist".to_owned(),
                    "create it, plug in its drive, or name another folder",
                ),
                ErrorKind::NotADirectory => {
                    ("is not a folder".to_owned(), "name the folder that the file lies in")
                }
                ErrorKind::PermissionDenied => (
                    "may not be read by this user".to_owned(),
                    "`chmod o+rx` it and the folders above it, or run as a user who may",
                ),
                _ => (error.to_string(), "look at the drive and its cable"),
            };
            return Check::failed(name, found).costs("nothing in it is served").mend(mend);
        }
    };
    let visible = entries
        .filter_map(Result::ok)
        .any(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."));
    if visible {
        return Check::ok(name, "readable, not empty");
    }
    Check::warning(name, "is empty")
        .costs("there is nothing to play")
        .mend("copy or link videos into it")
}

/// Can data be written there? `running` is who holds the folder, if somebody does, as
/// [`data_folder::holder`] tells.
pub(super) fn data(path: &Path, media: &[PathBuf], running: Holder) -> Check {
    let name = "data folder";
    let shown = path.display();
    let cost = "Vidicon does not start";
    if let Err(error) = data_folder::refuse_published(path, media) {
        return Check::failed(name, error.to_string()).costs(cost);
    }
    let process = match running {
        Holder::None => None,
        Holder::Unknown => Some(String::new()),
        Holder::Process(pid) => Some(format!(" (process {pid})")),
    };
    if let Some(process) = process {
        return Check::ok(name, format!("{shown}, in use by the Vidicon that runs{process}"));
    }
    if !path.exists() {
        // What does not exist is not created: the doctor only looks.
        let above = path.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(path);
        return match access(above, Access::WRITE_OK | Access::EXEC_OK) {
            Ok(()) => Check::ok(name, format!("{shown} will be created")),
            Err(_) => Check::failed(
                name,
                format!(
                    "{shown} does not exist, and this user may not create it in {}",
                    above.display()
                ),
            )
            .costs(cost)
            .mend("create it for this user, or name another folder by --data"),
        };
    }
    if let Err(error) = data_folder::check_writable(path) {
        return Check::failed(name, error.to_string()).costs(cost);
    }
    let mode = fs::metadata(path).map_or(0, |metadata| metadata.permissions().mode());
    if mode & 0o002 != 0 {
        return Check::warning(name, format!("{shown} may be written by every user"))
            .costs("anybody on this machine can replace its keys and certificates")
            .mend(format!("chmod o-w {shown}"));
    }
    Check::ok(name, format!("{shown}, writable"))
}

/// Can this file of the configuration be read?
pub(super) fn readable(key: &str, path: &Path) -> Check {
    let shown = path.display();
    match File::open(path).and_then(|file| file.metadata()) {
        Ok(metadata) if metadata.is_dir() => Check::failed(key, format!("{shown} is a folder"))
            .costs("Vidicon does not start")
            .mend("name the file in it"),
        Ok(_) => Check::ok(key, format!("{shown}, readable")),
        Err(error) => Check::failed(key, format!("cannot read {shown}: {error}"))
            .costs("Vidicon does not start")
            .mend("name another file, or let this user read it"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn a_media_folder_is_missing_empty_or_well() {
        let base = tempfile::tempdir().unwrap();
        let check = |name: &str| {
            let check = media(Path::new(name), &base.path().join(name));
            (check.state, check.found)
        };
        fs::create_dir(base.path().join("videos")).unwrap();
        fs::write(base.path().join("file"), "").unwrap();
        assert_eq!(check("none"), (State::Failed, "does not exist".into()));
        assert_eq!(check("file"), (State::Failed, "is not a folder".into()));
        fs::write(base.path().join("videos/.hidden"), "").unwrap();
        assert_eq!(check("videos"), (State::Warning, "is empty".into()));
        fs::write(base.path().join("videos/a.mp4"), "").unwrap();
        assert_eq!(check("videos"), (State::Ok, "readable, not empty".into()));
    }

    #[test]
    fn looking_at_a_data_folder_does_not_create_it() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("a/data");
        let check = data(&path, &[], Holder::None);
        assert_eq!(
            (check.state, check.found),
            (State::Ok, format!("{} will be created", path.display()))
        );
        assert!(!base.path().join("a").exists());
    }

    #[test]
    fn a_data_folder_in_use_open_to_all_or_published_is_told() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().canonicalize().unwrap();
        assert_eq!(data(&path, &[], Holder::Process(7)).state, State::Ok);
        assert_eq!(data(&path, std::slice::from_ref(&path), Holder::None).state, State::Failed);
        assert_eq!(data(&path, &[], Holder::None).state, State::Ok);
        assert_eq!(fs::read_dir(&path).unwrap().count(), 0, "the doctor only looks");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(data(&path, &[], Holder::None).state, State::Warning);
    }

    #[test]
    fn a_certificate_must_be_a_file_that_can_be_read() {
        let base = tempfile::tempdir().unwrap();
        assert_eq!(readable("tls.key", base.path()).state, State::Failed);
        assert_eq!(readable("tls.key", &base.path().join("none")).state, State::Failed);
        fs::write(base.path().join("key.pem"), "").unwrap();
        assert_eq!(readable("tls.key", &base.path().join("key.pem")).state, State::Ok);
    }
}
