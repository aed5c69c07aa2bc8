//! A server over a data folder and a media folder, started as a household would start it.

use std::fs;
use std::net::SocketAddrV4;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::de::DeserializeOwned;

use super::Stage;
use crate::client::Client;
use crate::peers::Peer;
use crate::server::{Ready, Server, free_port};

/// What every server of this part is told; answers are found anew each time.
const SETTINGS: [&str; 6] = [
    "log.access=false",
    "limits.connections=5000",
    "limits.connections_per_address=5000",
    "library.pictures_ahead=false",
    "library.cache_ttl=0s",
    // A new data folder has no backup yet: one would be made at once.
    "library.backup_every=0s",
];
/// A million videos are read within this, also where much else is going on.
const START_LIMIT: Duration = Duration::from_mins(3);

/// Starts a server and waits for its first list of videos.
pub(super) fn start(stage: &Stage, data: &Path, media: &Path) -> Result<Server> {
    let address = free_port()?;
    let mut command = Command::new(&stage.vidicon);
    command
        .arg("serve")
        .arg(media)
        .arg("--listen")
        .arg(address.to_string())
        .arg("--data")
        .arg(data);
    for setting in SETTINGS {
        command.arg("--set").arg(setting);
    }
    let ready = Ready {
        answers: &|address| Ok(lists(address)),
        limit: START_LIMIT,
        pause: Duration::from_millis(2),
    };
    let log = stage.work.join("output.log");
    Server::launch(Peer::Vidicon, command, &log, address, &ready, stage.stop)
}

/// A server over a generated library; its media folder is empty.
pub(super) fn generated(stage: &Stage, count: u64) -> Result<Server> {
    let nothing = stage.work.join("nothing");
    fs::create_dir_all(&nothing)
        .with_context(|| format!("could not make {}", nothing.display()))?;
    start(stage, &super::entries::data(stage, count)?, &nothing)
}

/// The answer of the server as what it means.
pub(super) fn ask<T: DeserializeOwned>(client: &mut Client, path: &str) -> Result<T> {
    let body = client.get(path)?;
    serde_json::from_slice(&body).with_context(|| format!("{path} is not what was expected"))
}

/// Whether it lists videos. While it reads them in, it says that it is not ready.
fn lists(address: SocketAddrV4) -> bool {
    Client::connect(address).is_ok_and(|mut client| client.get("/api/v1/videos?limit=1").is_ok())
}
