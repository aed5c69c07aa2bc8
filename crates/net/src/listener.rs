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
    /// Binds `address`. Its connections inherit that small answers leave without delay.
    pub fn bind(address: SocketAddr, tls: bool) -> Result<Self, BindError> {
        let bind = || -> io::Result<TcpListener> {
            let socket =
                Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
            // A restarted server must not wait for the connections of the one before.
            socket.set_reuse_address(true)?;
            socket.set_tcp_nodelay(true)?;
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
