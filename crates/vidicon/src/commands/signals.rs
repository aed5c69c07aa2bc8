//! The first signal stops gently, the second at once.

use std::io;

use tokio::signal::unix::{SignalKind, signal};

use super::service_manager;

/// From now on SIGTERM and SIGINT stop the server. The next of either ends it.
pub(super) fn listen(stop: &net::Stop) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = stop.clone();
    tokio::spawn(async move {
        let mut next = async || {
            tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
            }
        };
        let signal = next().await;
        tracing::info!(
            signal,
            "stopping: answers under way may finish; another signal ends at once"
        );
        service_manager::stopping();
        stop.drain.cancel();
        let signal = next().await;
        tracing::info!(signal, "ending at once");
        stop.end.cancel();
    });
    Ok(())
}
