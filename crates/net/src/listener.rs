//! The addresses that are listened on.

use std::{
    io,
    net::{SocketAddr, TcpListener},
};

use socket2::{Domain, Protocol, Socket, Type};

/// How many connections the kernel holds for us while we are busy.
const BACKLOG: i32 = 1024;

/// A bound address, and whether it speaks TLS.
pub struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) tls: bool,
}

/// An address could not be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source}{}", hint(.source))]
pub struct BindError {
    /// The address that was asked for.
    pub address: SocketAddr,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "; another program listens there: stop it, or choose another port with --listen"
        }
        io::ErrorKind::PermissionDenied => {
            "; ports below 1024 need the right to bind them: choose a higher port with --listen"
        }
        io::ErrorKind::AddrNotAvailable => {
            "; this machine has no such address: 0.0.0.0 listens on all that it has"
        }
        _ => "",
    }
}

impl Listener {
    /// Binds these addresses, each with whether it speaks TLS.
    ///
    /// `[::]` takes IPv4 as well, unless an IPv4 address with the same port is asked for too.
    pub fn bind_all(
        addresses: impl IntoIterator<Item = (SocketAddr, bool)>,
    ) -> Result<Vec<Self>, BindError> {
        let addresses: Vec<_> = addresses.into_iter().collect();
        let has_v4 = |port| addresses.iter().any(|(v4, _)| v4.is_ipv4() && v4.port() == port);
        let bind = |&(address, tls): &(SocketAddr, bool)| {
            Self::bind(address, tls, address.is_ipv6() && has_v4(address.port()))
        };
        addresses.iter().map(bind).collect()
    }

    /// Connections inherit that small answers leave without delay.
    fn bind(address: SocketAddr, tls: bool, only_v6: bool) -> Result<Self, BindError> {
        let bind = || -> io::Result<TcpListener> {
            let socket =
                Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
            // A restarted server must not wait for the connections of the one before.
            socket.set_reuse_address(true)?;
            socket.set_tcp_nodelay(true)?;
            if only_v6 {
                socket.set_only_v6(true)?;
            }
            socket.bind(&address.into())?;
            socket.listen(BACKLOG)?;
            socket.set_nonblocking(true)?;
            Ok(socket.into())
        };
        let socket = bind().map_err(|source| BindError { address, source })?;
        Ok(Self { socket, tls })
    }

    /// The address as bound: with the port that the system chose where 0 was asked for.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Whether connections speak TLS.
    pub fn tls(&self) -> bool {
        self.tls
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_port_may_be_had_for_both_families() {
        let v4 = Listener::bind("0.0.0.0:0".parse().unwrap(), false, false).unwrap();
        let port = v4.address().unwrap().port();
        drop(v4);
        let both = [
            (SocketAddr::from(([0, 0, 0, 0], port)), false),
            (SocketAddr::from(([0u16; 8], port)), true),
        ];
        let listeners = match Listener::bind_all(both) {
            // A machine without IPv6, and nothing to show.
            Err(error)
                if error.address.is_ipv6() && error.source.kind() != io::ErrorKind::AddrInUse =>
            {
                return;
            }
            bound => bound.unwrap(),
        };
        assert_eq!(listeners.iter().map(Listener::tls).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn a_port_in_use_is_said_with_what_to_do() {
        let taken = Listener::bind("127.0.0.1:0".parse().unwrap(), false, false).unwrap();
        let error = Listener::bind_all([(taken.address().unwrap(), false)]).err().unwrap();
        assert!(error.to_string().contains("choose another port with --listen"), "{error}");
    }
}
