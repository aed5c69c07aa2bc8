//! What surrounds the process, gathered once: environment, working folder, user, kind of system.
//!
//! Everything that decides from these takes them as an argument, so that it can be tested without
//! touching the process.

use std::{
    ffi::{OsStr, OsString},
    io,
    path::{Path, PathBuf},
};

/// The surroundings of a process.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The environment, name and value.
    pub environment: Vec<(OsString, OsString)>,
    /// The folder from which relative paths on the command line count; absolute.
    pub working_folder: PathBuf,
    /// The user's home folder, when there is one.
    pub home: Option<PathBuf>,
    /// The folder of the system's configuration, where this process looks into it.
    pub system_folder: Option<PathBuf>,
    /// Whether the process runs as the system's administrator.
    pub root: bool,
    /// Whether the system is macOS, whose folders for data and configuration lie elsewhere.
    pub macos: bool,
}

impl Surroundings {
    /// The surroundings of this process. Fails when the working folder no longer exists.
    pub fn of_this_process() -> io::Result<Self> {
        Ok(Self {
            environment: std::env::vars_os().collect(),
            working_folder: std::env::current_dir()?,
            home: std::env::home_dir().filter(|home| !home.as_os_str().is_empty()),
            system_folder: Some(PathBuf::from("/etc/vidicon")),
            root: rustix::process::geteuid().is_root(),
            macos: cfg!(target_os = "macos"),
        })
    }

    /// The value of an environment variable; an empty one counts as not set, because that is what
    /// compose files and shell scripts leave behind for a variable nobody gave.
    pub fn variable(&self, name: &str) -> Option<&OsStr> {
        let found = self.environment.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_os_str()).filter(|value| !value.is_empty())
    }

    /// Where Vidicon writes when nobody says otherwise; nothing for a user without a home.
    ///
    /// In this order: systemd's `STATE_DIRECTORY` (its first entry), `/var/lib/vidicon` for root, macOS's
    /// `Application Support`, `XDG_DATA_HOME`, `~/.local/share`.
    pub fn data_folder(&self) -> Option<PathBuf> {
        if let Some(state) = self.variable("STATE_DIRECTORY") {
            let state = state.to_string_lossy();
            let first = state.split(':').next().unwrap_or_default();
            return Some(PathBuf::from(first));
        }
        if self.root {
            return Some(PathBuf::from("/var/lib/vidicon"));
        }
        Some(self.user_folder("XDG_DATA_HOME", ".local/share")?.join("vidicon"))
    }

    /// The folder of the user's configuration files.
    pub fn config_folder(&self) -> Option<PathBuf> {
        Some(self.user_folder("XDG_CONFIG_HOME", ".config")?.join("vidicon"))
    }

    /// Where a configuration file is looked for when none is named, first to last.
    pub fn config_candidates(&self) -> Vec<PathBuf> {
        const NAMES: [&str; 3] = ["vidicon.yaml", "vidicon.yml", "vidicon.json"];
        let mut candidates: Vec<_> = NAMES.iter().map(|name| Path::new(".").join(name)).collect();
        if let Some(folder) = self.config_folder() {
            candidates.extend(NAMES.iter().map(|name| folder.join(name)));
        }
        candidates.extend(self.system_folder.iter().map(|folder| folder.join("vidicon.yaml")));
        candidates
    }

    /// The path with a leading `~` or `~/` replaced by the home folder. `~other` stays as it is.
    pub fn expand(&self, path: &Path) -> PathBuf {
        match (path.strip_prefix("~"), &self.home) {
            (Ok(rest), Some(home)) if rest.as_os_str().is_empty() => home.clone(),
            (Ok(rest), Some(home)) => home.join(rest),
            _ => path.to_owned(),
        }
    }

    /// The path made absolute from the working folder, without interior `.`.
    pub fn absolute(&self, path: &Path) -> PathBuf {
        self.working_folder.join(path).components().collect()
    }

    fn user_folder(&self, xdg: &str, below_home: &str) -> Option<PathBuf> {
        if self.macos {
            return Some(self.home.as_ref()?.join("Library/Application Support"));
        }
        // The XDG specification has relative paths ignored.
        let named = self.variable(xdg).map(PathBuf::from).filter(|path| path.is_absolute());
        named.or_else(|| Some(self.home.as_ref()?.join(below_home)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(environment: &[(&str, &str)], root: bool, macos: bool) -> Surroundings {
        Surroundings {
            environment: environment.iter().map(|(k, v)| (k.into(), v.into())).collect(),
            working_folder: "/work".into(),
            home: Some("/home/ada".into()),
            system_folder: Some("/etc/vidicon".into()),
            root,
            macos,
        }
    }

    #[test]
    fn the_data_folder_follows_the_platform() {
        let folder = |around: Surroundings| around.data_folder();
        assert_eq!(folder(with(&[], false, false)), Some("/home/ada/.local/share/vidicon".into()));
        assert_eq!(
            folder(with(&[("XDG_DATA_HOME", "/data")], false, false)),
            Some("/data/vidicon".into())
        );
        assert_eq!(
            folder(with(&[("XDG_DATA_HOME", "data")], false, false)),
            Some("/home/ada/.local/share/vidicon".into())
        );
        assert_eq!(folder(with(&[], true, false)), Some("/var/lib/vidicon".into()));
        assert_eq!(
            folder(with(&[("STATE_DIRECTORY", "/var/lib/tv:/var/lib/b")], true, false)),
            Some("/var/lib/tv".into())
        );
        assert_eq!(
            folder(with(&[], false, true)),
            Some("/home/ada/Library/Application Support/vidicon".into())
        );
        let nobody = Surroundings { home: None, ..with(&[], false, false) };
        assert_eq!(folder(nobody), None);
    }

    #[test]
    fn the_working_folder_is_searched_before_the_user_s_and_the_system_s() {
        let candidates = with(&[], false, false).config_candidates();
        let shown: Vec<_> = candidates.iter().map(|path| path.display().to_string()).collect();
        assert_eq!(
            shown,
            [
                "./vidicon.yaml",
                "./vidicon.yml",
                "./vidicon.json",
                "/home/ada/.config/vidicon/vidicon.yaml",
                "/home/ada/.config/vidicon/vidicon.yml",
                "/home/ada/.config/vidicon/vidicon.json",
                "/etc/vidicon/vidicon.yaml",
            ]
        );
    }

    #[test]
    fn a_leading_tilde_is_the_home_folder() {
        let around = with(&[], false, false);
        assert_eq!(around.expand(Path::new("~")), Path::new("/home/ada"));
        assert_eq!(around.expand(Path::new("~/Videos")), Path::new("/home/ada/Videos"));
        assert_eq!(around.expand(Path::new("~eve/Videos")), Path::new("~eve/Videos"));
        assert_eq!(around.expand(Path::new("a/~/b")), Path::new("a/~/b"));
    }

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        let around = with(&[("STATE_DIRECTORY", "")], false, false);
        assert_eq!(around.variable("STATE_DIRECTORY"), None);
    }
}
