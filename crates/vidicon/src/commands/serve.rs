//! `vidicon serve` from the network on.

use crate::{
    data_folder::DataFolder,
    media_folders::MediaFolders,
    settings::{Certificate, Listener, Settings, values::Secret},
};

/// Everything that was made ready before the network.
#[derive(Debug)]
pub struct Started {
    /// The configuration in force.
    pub settings: Settings,
    /// The listeners to open.
    pub listeners: Vec<Listener>,
    /// Where the certificate comes from.
    pub certificate: Certificate,
    /// Every API key, those of `access.api_keys_file` included; none means that nobody is asked.
    pub api_keys: Vec<Secret>,
    /// The media folders, and those that are missing.
    pub media: MediaFolders,
    /// The data folder. It is held until this is dropped, so it must outlive everything that writes.
    pub data: DataFolder,
}

/// Serves until the process is told to stop.
pub fn run(_started: Started) -> anyhow::Result<()> {
    anyhow::bail!("serving is wired in crates/vidicon/src/commands/serve.rs")
}
