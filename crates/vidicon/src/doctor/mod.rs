//! The doctor: does this machine have what Vidicon needs, what does each lack cost, and how is it mended?
//!
//! Each subject has its own module, where what is decided (versions, thresholds, words) is apart from the
//! asking (processes, sockets, files). Nothing is changed on the machine: a data folder that does not exist
//! is not created, and one that does gets no lock file, which under sudo would be root's.

mod ffmpeg;
mod folders;
mod network;
mod ports;
mod process;
mod report;
mod system;

pub use report::{Check, Report, State};

use crate::{
    data_folder, media_folders,
    platform::Surroundings,
    settings::{self, Certificate, Flags, Loaded},
};

/// Makes every check. Where the configuration cannot be read, those that depend on it are left out.
pub fn examine(flags: &Flags, around: &Surroundings) -> Report {
    let mut checks = Vec::new();
    match settings::load(flags, around) {
        Ok(loaded) => {
            checks.push(configuration(&loaded));
            checks.extend(ffmpeg::checks());
            checks.extend(configured(&loaded, around));
        }
        Err(error) => {
            checks.push(
                Check::failed("configuration", error.to_string())
                    .costs("Vidicon does not start; checks of ports and folders were left out")
                    .mend("correct what is named; `vidicon config --sample` shows every key"),
            );
            checks.extend(ffmpeg::checks());
        }
    }
    checks.extend(system::inotify());
    Report { checks }
}

fn configuration(loaded: &Loaded) -> Check {
    let found = loaded.file.as_ref().map_or_else(
        || "no file; defaults, environment and flags apply".to_owned(),
        |path| format!("{} is in order", path.display()),
    );
    if loaded.warnings.is_empty() {
        return Check::ok("configuration", found);
    }
    Check::warning("configuration", loaded.warnings.join("; "))
        .costs("Vidicon starts, but probably not as it was meant")
        .mend("see `vidicon config` for what is in force and where it came from")
}

fn configured(loaded: &Loaded, around: &Surroundings) -> Vec<Check> {
    let settings = &loaded.settings;
    let data = around.absolute(&settings.data);
    // A running Vidicon explains its own ports and its own lock.
    let running = data_folder::holder(&data);
    let mut checks = Vec::new();
    match settings.listeners() {
        Ok(listeners) => checks.extend(listeners.iter().map(|at| network::listener(*at, running))),
        Err(why) => checks.push(Check::failed("listen", why)),
    }
    if let Ok(Certificate::Files { certificate, key }) = settings.tls.certificate() {
        checks.push(folders::readable("tls.certificate", &certificate));
        checks.push(folders::readable("tls.key", &key));
    }
    if let Err(why) = settings.access.all_keys() {
        checks.push(Check::failed("API keys", why).costs("Vidicon does not start"));
    }
    let media = media_folders::resolve(&settings.folders, around)
        .map(|media| media.roots)
        .unwrap_or_default();
    checks.extend(
        settings.folders.iter().map(|folder| folders::media(folder, &around.absolute(folder))),
    );
    checks.push(folders::data(&data, &media, running));
    checks.push(system::disk(&data));
    checks.push(system::open_files(settings.limits.connections));
    checks
}
