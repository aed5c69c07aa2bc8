//! Who listens on a port. Linux tells by `/proc`; elsewhere, and about other users' programs, nobody does.

use std::{fs, path::Path};

/// A program that holds a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    /// Its process id.
    pub(super) pid: u32,
    /// Its name.
    pub(super) name: String,
}

/// The program that listens on this port, as far as it can be told.
pub(super) fn holder(port: u16) -> Option<Holder> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"];
    let inodes: Vec<u64> = tables
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| listening(&table, port))
        .collect();
    if inodes.is_empty() {
        return None;
    }
    let sockets: Vec<String> = inodes.iter().map(|inode| format!("socket:[{inode}]")).collect();
    fs::read_dir("/proc").ok()?.filter_map(Result::ok).find_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let path = entry.path();
        holds(&path, &sockets).then(|| {
            let name = fs::read_to_string(path.join("comm")).unwrap_or_default();
            Holder { pid, name: name.trim().to_owned() }
        })
    })
}

fn holds(process: &Path, sockets: &[String]) -> bool {
    let Ok(handles) = fs::read_dir(process.join("fd")) else {
        return false;
    };
    handles
        .filter_map(Result::ok)
        .filter_map(|handle| fs::read_link(handle.path()).ok())
        .any(|target| sockets.iter().any(|socket| Path::new(socket) == target))
}

/// The inodes of the sockets that listen on this port, in a table as `/proc/net/tcp` (proc(5)).
fn listening(table: &str, port: u16) -> Vec<u64> {
    const LISTEN: &str = "0A";
    let row = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (_, local) = fields.get(1)?.rsplit_once(':')?;
        let ours = u16::from_str_radix(local, 16).ok()? == port && *fields.get(3)? == LISTEN;
        ours.then(|| fields.get(9)?.parse().ok())?
    };
    table.lines().skip(1).filter_map(row).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
        0: 00000000:2328 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0 100 0 0 10 0\n   \
        1: 0100007F:2328 0100007F:C000 01 00000000:00000000 00:00000000 00000000  1000        0 4243 1 0 20 4 30 10 -1\n   \
        2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4244 1 0 100 0 0 10 0\n";

    #[test]
    fn only_sockets_that_listen_on_the_port_count() {
        assert_eq!(listening(TABLE, 9000), [4242]);
        assert_eq!(listening(TABLE, 22), [4244]);
        assert_eq!(listening(TABLE, 80), Vec::<u64>::new());
        assert_eq!(listening("garbage\n a b c\n", 80), Vec::<u64>::new());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn our_own_listener_is_found() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let holder = holder(listener.local_addr().unwrap().port()).unwrap();
        assert_eq!(holder.pid, std::process::id());
    }
}
