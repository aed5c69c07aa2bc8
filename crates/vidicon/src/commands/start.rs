//! `vidicon serve` up to the network: configuration, log, limits, folders. What is wrong with any of them is
//! said before a port is opened.

use super::serve::{self, Started};
use crate::{
    data_folder::{self, DataFolder},
    failure::Failure,
    logging, media_folders, open_files,
    platform::Surroundings,
    settings::{self, Flags},
};

pub(super) fn run(flags: &Flags, around: &Surroundings) -> Result<(), Failure> {
    let loaded = settings::load(flags, around)?;
    let settings = loaded.settings;
    // Both were asked while loading, so neither fails here.
    let listeners = settings.listeners().map_err(Failure::Usage)?;
    let certificate = settings.tls.certificate().map_err(Failure::Usage)?;
    let api_keys = settings.access.all_keys().map_err(Failure::Usage)?;

    // Kept to the end of this function: what is logged last still has to be written.
    let logs = api::Logs::default();
    let _log = logging::init(&settings.log, &logs)?;
    if let Some(path) = loaded.file.as_deref() {
        tracing::info!(file = %path.display(), "configuration file read");
    } else {
        tracing::info!("no configuration file; defaults, environment and flags apply");
    }
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    open_files::raise();

    let media = media_folders::resolve(&settings.folders, around).map_err(Failure::Usage)?;
    for missing in &media.missing {
        tracing::warn!("{}", missing.why);
    }
    let data = around.absolute(&settings.data);
    data_folder::refuse_published(&data, &media.roots)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let data = DataFolder::open(&data).map_err(anyhow::Error::from)?;

    let configuration = loaded.file;
    serve::run(&Started {
        settings,
        configuration,
        listeners,
        certificate,
        api_keys,
        media,
        data,
        logs,
    })?;
    Ok(())
}
