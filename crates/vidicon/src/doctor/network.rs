//! Can each configured address be listened on?

use std::{
    io::{self, ErrorKind},
    net::TcpListener,
};

use super::{
    ports::{self, Holder},
    report::Check,
};
use crate::{data_folder, settings::Listener};

/// Tries to listen. `running` is the Vidicon that holds the data folder.
pub(super) fn listener(listener: Listener, running: data_folder::Holder) -> Check {
    let name = format!("listen {listener}");
    match TcpListener::bind(listener.address) {
        Ok(_) => Check::ok(name, "free"),
        Err(error) => {
            let holder = match error.kind() {
                ErrorKind::AddrInUse => ports::holder(listener.address.port()),
                _ => None,
            };
            judge(name, listener, &error, holder.as_ref(), running)
        }
    }
}

fn judge(
    name: String,
    listener: Listener,
    error: &io::Error,
    holder: Option<&Holder>,
    running: data_folder::Holder,
) -> Check {
    let check = match (error.kind(), holder) {
        (ErrorKind::AddrInUse, Some(holder)) if running == data_folder::Holder::Process(holder.pid) => {
            return Check::ok(name, format!("in use by the Vidicon that runs (process {})", holder.pid));
        }
        (ErrorKind::AddrInUse, Some(Holder { pid, name: program })) => {
            Check::failed(name, format!("in use by {program} (process {pid})"))
                .mend("stop that program, or listen elsewhere: --listen 0.0.0.0:9001")
        }
        (ErrorKind::AddrInUse, None) => Check::failed(name, "in use by a program that cannot be told from here")
            .mend("see who it is by `sudo ss -ltnp`, or listen elsewhere: --listen 0.0.0.0:9001"),
        (ErrorKind::PermissionDenied, _) => {
            Check::failed(name, format!("port {} is reserved for the administrator", listener.address.port())).mend(
                "choose a port from 1024 on, or allow it: AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit, or \
                 `sudo setcap cap_net_bind_service=+ep` on the program",
            )
        }
        (ErrorKind::AddrNotAvailable, _) => {
            Check::failed(name, format!("this machine does not have the address {}", listener.address.ip()))
                .mend("use one that `ip address` shows, or 0.0.0.0 for all of them")
        }
        _ => Check::failed(name, error.to_string()),
    };
    check.costs("Vidicon does not start with this address")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{data_folder::Holder as Running, doctor::State};

    fn at(address: &str) -> Listener {
        Listener { address: address.parse().unwrap(), tls: false }
    }

    fn judged(kind: ErrorKind, holder: Option<&Holder>, running: data_folder::Holder) -> Check {
        judge("listen".into(), at("192.0.2.1:80"), &kind.into(), holder, running)
    }

    #[test]
    fn a_free_port_is_well_and_a_taken_one_names_who_took_it() {
        assert_eq!(listener(at("127.0.0.1:0"), Running::None).state, State::Ok);
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let check = listener(at(&address), Running::None);
        assert_eq!(check.state, State::Failed);
        assert!(check.found.starts_with("in use by"), "{}", check.found);
    }

    #[test]
    fn the_vidicon_that_runs_may_hold_its_own_ports() {
        let holder = Holder { pid: 7, name: "vidicon".into() };
        let check = judged(ErrorKind::AddrInUse, Some(&holder), Running::Process(7));
        assert_eq!(
            (check.state, check.found.as_str()),
            (State::Ok, "in use by the Vidicon that runs (process 7)")
        );
        let check = judged(ErrorKind::AddrInUse, Some(&holder), Running::Process(8));
        assert_eq!(
            (check.state, check.found.as_str()),
            (State::Failed, "in use by vidicon (process 7)")
        );
    }

    #[test]
    fn reserved_ports_and_foreign_addresses_are_explained() {
        let check = judged(ErrorKind::PermissionDenied, None, Running::None);
        assert_eq!(check.found, "port 80 is reserved for the administrator");
        let check = judged(ErrorKind::AddrNotAvailable, None, Running::None);
        assert_eq!(check.found, "this machine does not have the address 192.0.2.1");
    }
}
