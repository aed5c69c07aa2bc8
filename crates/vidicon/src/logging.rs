//! The log: `tracing` to standard error, written by a thread of its own so that no request waits for a
//! terminal or a pipe that is slow.

use std::io::{self, IsTerminal as _};

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::{
    EnvFilter, Layer as _, filter::LevelFilter, fmt, layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::settings::{Log, LogFormat};

/// Keeps the log going; dropping it writes out what is still waiting. Belongs in `main`.
#[must_use = "the log ends when this is dropped"]
#[derive(Debug)]
pub struct LogGuard {
    _worker: WorkerGuard,
}

/// The filter that `log.level` describes, or why it describes none.
pub fn filter(level: &str) -> Result<EnvFilter, String> {
    let wrong = |why: &str| {
        format!(
            "{level:?} is not a log level: {why}; write error, warn, info, debug or trace, or one per part, like \
             \"info,delivery=debug\""
        )
    };
    if level.is_empty() {
        return Err(wrong("it is empty"));
    }
    // tracing takes a lone word that is no level for the name of a part, which then logs nothing else:
    // `log.level: inof` would silence everything.
    let parts: Vec<&str> = level.split(',').map(str::trim).collect();
    for part in parts.iter().filter(|part| !part.contains(['=', '['])) {
        if part.parse::<LevelFilter>().is_err() {
            return Err(wrong(&format!("{part:?} is no level")));
        }
    }
    // Joined again without the spaces that people write and tracing does not expect.
    EnvFilter::try_new(parts.join(",")).map_err(|error| wrong(&error.to_string()))
}

/// Starts the log, whose last lines `kept` keeps. Times are UTC (RFC 3339); colour only on a terminal, and not when
/// `NO_COLOR` is set.
pub fn init(log: &Log, kept: &api::Logs) -> anyhow::Result<LogGuard> {
    let filter = filter(&log.level).map_err(anyhow::Error::msg)?;
    let (writer, worker) = tracing_appender::non_blocking(io::stderr());
    let lines = fmt::layer().with_writer(writer);
    let lines = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
        LogFormat::Auto | LogFormat::Human => {
            lines.compact().with_ansi(colour(io::stderr().is_terminal())).boxed()
        }
    };
    let started =
        tracing_subscriber::registry().with(filter).with(lines).with(kept.layer()).try_init();
    started.map_err(|error| anyhow::anyhow!("cannot start the log: {error}"))?;
    Ok(LogGuard { _worker: worker })
}

/// Whether to colour what goes to a stream, by the custom of no-color.org.
pub fn colour(terminal: bool) -> bool {
    terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_levels_per_part_are_understood() {
        for level in [
            "info",
            "WARN",
            "off",
            "info,delivery=debug",
            "warn, net=trace",
            "info,[request{status=500}]=debug",
        ] {
            assert!(filter(level).is_ok(), "{level}: {:?}", filter(level));
        }
    }

    #[test]
    fn a_mistyped_level_does_not_silence_the_log() {
        assert_eq!(
            filter("inof").unwrap_err(),
            "\"inof\" is not a log level: \"inof\" is no level; write error, warn, info, debug or trace, or one per part, \
             like \"info,delivery=debug\""
        );
        assert!(filter("").is_err());
        assert!(filter("info,net=loud").is_err());
    }
}
