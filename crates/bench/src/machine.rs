//! What the figures were taken on: processor, system, versions, date.

use std::fs;

use serde::Serialize;

use crate::cores::Cores;
use crate::numbers::real;
use crate::procfs::parse_named;

/// The machine and the moment.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) memory_gb: f64,
    pub(crate) kernel: String,
    pub(crate) system: String,
    pub(crate) date: String,
    pub(crate) server_core: usize,
    pub(crate) load_core: usize,
}

impl Machine {
    /// Asks the kernel and the system's own description.
    pub(crate) fn read(cores: Cores) -> Self {
        let text = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let kib = parse_named(&text("/proc/meminfo"), "MemTotal").unwrap_or(0);
        let cpus = text("/proc/cpuinfo");
        Self {
            processor: value_of(&cpus, "model name", ':')
                .unwrap_or_else(|| "unknown processor".to_owned()),
            cores: cpus.lines().filter(|line| line.starts_with("processor")).count().max(1),
            memory_gb: real(kib * 1024) / 1e9,
            kernel: text("/proc/sys/kernel/osrelease").trim().to_owned(),
            system: system(&text("/etc/os-release"), &text("/etc/debian_version")),
            date: jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string(),
            server_core: cores.server,
            load_core: cores.load,
        }
    }
}

/// The system's own name, with Debian's point release where there is one.
fn system(os_release: &str, debian_version: &str) -> String {
    let name =
        value_of(os_release, "PRETTY_NAME", '=').unwrap_or_else(|| "unknown system".to_owned());
    let point = debian_version.trim();
    if point.starts_with(|first: char| first.is_ascii_digit()) {
        format!("{name}, {point}")
    } else {
        name
    }
}

/// The value in the first line `key SEPARATOR value`, without quotes.
fn value_of(text: &str, key: &str, separator: char) -> Option<String> {
    text.lines()
        .filter_map(|line| line.split_once(separator))
        .find(|(name, _)| name.trim() == key)
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_is_named_with_its_point_release() {
        let os = "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n";
        assert_eq!(system(os, "12.11\n"), "Debian GNU/Linux 12 (bookworm), 12.11");
        assert_eq!(
            system("PRETTY_NAME=\"Ubuntu 24.04 LTS\"\n", "trixie/sid\n"),
            "Ubuntu 24.04 LTS"
        );
        assert_eq!(system("", ""), "unknown system");
    }

    #[test]
    fn the_processor_is_the_first_one_listed() {
        let cpus = "processor\t: 0\nmodel name\t: AMD EPYC\nprocessor\t: 1\nmodel name\t: other\n";
        assert_eq!(value_of(cpus, "model name", ':').as_deref(), Some("AMD EPYC"));
    }
}
