//! `vidicon serve` from the network on: listeners, certificate, routes, and the wait for a signal.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use anyhow::Context as _;

use super::{greeting, health::on_this_machine, readiness, service_manager, signals};
use crate::{
    data_folder::DataFolder,
    media_folders::MediaFolders,
    new_password, rooms,
    settings::{Certificate, Listener, LocalAdmin, Settings, values::Secret},
};

/// Everything that was made ready before the network.
#[derive(Debug)]
pub struct Started {
    /// The configuration in force.
    pub settings: Settings,
    /// The configuration file that was read, if any.
    pub configuration: Option<PathBuf>,
    /// The listeners to open.
    pub listeners: Vec<Listener>,
    /// Where the certificate comes from.
    pub certificate: Certificate,
    /// Every API key, those of `access.api_keys_file` included; none means that nobody is asked.
    pub api_keys: Vec<Secret>,
    /// The media folders, and which of them are missing now.
    pub media: MediaFolders,
    /// The data folder. It is held until this is dropped, so it must outlive everything that writes.
    pub data: DataFolder,
    /// The last lines of the log.
    pub logs: api::Logs,
}

/// How many threads may wait for disks at once. A read from a drive that hangs holds its thread
/// for as long as it hangs, whether or not the client is still there; reads from other drives
/// must find one in spite of that. Threads are started only as they are needed.
const WAITING_THREADS: usize = 2048;

/// Serves until the process is told to stop.
pub fn run(started: &Started) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(WAITING_THREADS)
        .thread_name("vidicon")
        .build()
        .context("cannot start the threads of the server")?;
    let done = runtime.block_on(serve(started));
    // A read that hangs on a drive that is away must not keep the process.
    runtime.shutdown_background();
    done
}

async fn serve(started: &Started) -> anyhow::Result<()> {
    let settings = &started.settings;
    let stop = net::Stop::default();
    signals::listen(&stop).context("cannot listen for signals")?;

    let tls = tls(started)?;
    let wanted = started.listeners.iter().map(|listener| (listener.address, listener.tls));
    let listeners = net::Listener::bind_all(wanted)?;
    let addresses = listeners
        .iter()
        .map(|listener| Ok((listener.address()?, listener.tls())))
        .collect::<std::io::Result<Vec<_>>>()
        .context("cannot tell the addresses that are listened on")?;

    let metrics = api::Metrics::default();
    let observe = api::Observe::new(started.logs.clone(), disks(started));
    tokio::spawn(observe.clone().run());
    let log = api::Log::new(metrics.clone(), observe.clone(), settings.log.access);
    let app = app(started, metrics, observe, &addresses, &stop).await?;
    tokio::spawn(new_password::watch(started.data.path().to_owned(), app.access.clone()));
    let service = api::service(app);
    let grace = settings.stop.grace.get();
    let limits = limits(settings);
    let server = net::Server::new(listeners, tls, limits, service, Arc::new(log), stop, grace);

    let certified = match started.certificate {
        Certificate::SelfSigned { .. } => greeting::local_name(),
        // Whoever made the certificate knows its names.
        Certificate::None | Certificate::Files { .. } => None,
    };
    greeting::print(&addresses, certified.as_deref(), &started.media.roots);
    service_manager::ready();
    let stopped = server.run().await.context("the server cannot run")?;
    tracing::info!(cut_off = stopped.cut_off, "stopped");
    Ok(())
}

/// The library of these folders, opened and at work.
async fn library(
    started: &Started,
    folders: &delivery::Folders,
    films: &delivery::films::Films,
) -> anyhow::Result<library::Library> {
    let options = rooms::library(&started.settings, started.data.path(), folders, films);
    let named = options.location.to_string();
    let library = library::Library::open(options)
        .await
        .with_context(|| format!("cannot open the library ({named})"))?;
    library.start();
    Ok(library)
}

/// What the cache of lists has come to.
fn lists_cache(library: &library::Library) -> api::CacheWatch {
    let library = library.clone();
    Arc::new(move || {
        let status = library.cache_status();
        api::Cache {
            name: "lists".to_owned(),
            entries: status.entries,
            hits: status.hits,
            misses: status.misses,
        }
    })
}

/// The folders whose disks an operator wants to know of.
fn disks(started: &Started) -> Vec<api::DiskSpec> {
    let media = started.media.roots.iter().map(|root| ("media", root.clone()));
    let data = std::iter::once(("data", started.data.path().to_owned()));
    media.chain(data).map(|(purpose, path)| api::DiskSpec { purpose, path }).collect()
}

fn api_keys(started: &Started) -> api::ApiKeys {
    api::ApiKeys::new(started.api_keys.iter().map(|key| key.reveal().to_owned()))
}

/// Load tests of this server by itself, over the first listener that speaks plain HTTP.
fn load_tests(
    started: &Started,
    addresses: &[(SocketAddr, bool)],
    stop: &net::Stop,
    jobs: &library::Jobs,
) -> api::LoadTests {
    let plain = addresses.iter().find(|(_, tls)| !tls);
    let own = plain.map(|(address, _)| on_this_machine(*address));
    api::LoadTests::new(own, api_keys(started), stop.drain.clone(), Some(jobs.clone()))
}

/// Who may do what.
fn access(
    started: &Started,
    library: &library::Library,
    metrics: &api::Metrics,
    observe: &api::Observe,
) -> api::Access {
    let settings = &started.settings.access;
    let cors = &settings.cors;
    let settings = api::AccessSettings {
        keys: api_keys(started),
        hosts: api::Hosts::new(settings.hosts.clone(), greeting::host().as_deref()),
        reading_origins: cors.origins.iter().map(ToString::to_string).collect(),
        writing_origins: if cors.writes {
            cors.origins.iter().map(ToString::to_string).collect()
        } else {
            Vec::new()
        },
        local_admin: match settings.local_admin {
            LocalAdmin::Auto => api::LocalAdmin::Auto,
            LocalAdmin::On => api::LocalAdmin::On,
            LocalAdmin::Off => api::LocalAdmin::Off,
        },
        session_lifetime: settings.session_lifetime.get(),
    };
    let keeper = Arc::new(api::InStore::new(library.store().clone()));
    api::Access::new(settings, keeper, metrics.clone(), observe.clone())
}

async fn app(
    started: &Started,
    metrics: api::Metrics,
    observe: api::Observe,
    addresses: &[(SocketAddr, bool)],
    stop: &net::Stop,
) -> anyhow::Result<api::App> {
    let settings = &started.settings;
    let folders = rooms::folders(settings, started.media.roots.clone(), withheld(started))?;
    let cors = &settings.access.cors;
    let films = rooms::films(settings, started.data.path(), &folders);
    let library = library(started, &folders, &films).await?;
    observe.watch_cache(lists_cache(&library));
    let load = load_tests(started, addresses, stop, library.jobs());
    Ok(api::App {
        access: access(started, &library, &metrics, &observe),
        readiness: readiness::checks(started, &folders, stop),
        films,
        library,
        folders,
        policy: delivery::Policy {
            max_ranges: usize::try_from(settings.files.max_ranges).unwrap_or(usize::MAX),
            max_age: settings.files.max_age.get(),
            private: !started.api_keys.is_empty(),
        },
        cors: api::Cors {
            origins: cors.origins.iter().map(ToString::to_string).collect(),
            writes: cors.writes,
        },
        metrics,
        observe,
        load,
        stop: stop.clone(),
        body_size: usize::try_from(settings.limits.body_size.bytes()).unwrap_or(usize::MAX),
    })
}

/// What is never served, should it lie in a media folder or a link lead to it: whatever holds a secret,
/// and what Vidicon keeps for itself.
fn withheld(started: &Started) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = started.configuration.iter().cloned().collect();
    files.extend(started.settings.access.api_keys_file.clone());
    files.push(started.data.lock());
    files.extend(rooms::database_files(&started.settings.database.location(started.data.path())));
    files.push(new_password::file(started.data.path()));
    files.push(new_password::taken(started.data.path()));
    // Also when it is not in use: it may be again tomorrow.
    files.push(self_signed_folder(started).join("self-signed.key"));
    if let Certificate::Files { key, .. } = &started.certificate {
        files.push(key.clone());
    }
    files
}

/// Where the certificate that signs itself is kept, and its key.
fn self_signed_folder(started: &Started) -> PathBuf {
    started.data.path().join("tls")
}

fn limits(settings: &Settings) -> net::Limits {
    let limits = &settings.limits;
    let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    net::Limits {
        connections: count(limits.connections),
        connections_per_address: count(limits.connections_per_address),
        header_size: usize::try_from(limits.header_size.bytes()).unwrap_or(usize::MAX),
        header_timeout: limits.header_timeout.get(),
        stall_timeout: limits.stall_timeout.get(),
    }
}

fn tls(started: &Started) -> anyhow::Result<Option<net::Tls>> {
    Ok(match &started.certificate {
        Certificate::None => None,
        Certificate::Files { certificate, key } => Some(net::Tls::from_files(certificate, key)?),
        Certificate::SelfSigned { names } => {
            let names = greeting::own_names(names);
            Some(net::Tls::self_signed(&self_signed_folder(started), &names)?)
        }
    })
}
