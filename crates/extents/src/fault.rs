//! Why a body could not be sent as announced.

use std::io;

/// What went wrong with a file while its bytes were on their way to a client.
///
/// It travels inside [`io::Error`] through hyper, and to the [`Record`](crate::Record) of the
/// response, which is where it is logged.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The file ends before the range that was announced.
    #[error("the file shrank while it was sent: it ends at byte {end}, {missing} bytes too early")]
    Shrank {
        /// Where reading found the end, in bytes from the start of the file.
        end: u64,
        /// How many of the announced bytes are missing.
        missing: u64,
    },
    /// The system could not read the file.
    #[error("reading the file failed at byte {at}: {source}")]
    Read {
        /// Where the read began, in bytes from the start of the file.
        at: u64,
        /// What the system said.
        source: io::Error,
    },
    /// Something other than the socket took bytes out of a stand-in. A fault of ours, stopped
    /// before a wrong byte leaves.
    #[error("a response body was read by a layer that must not read it")]
    Misread,
}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        let kind = match &fault {
            Fault::Shrank { .. } => io::ErrorKind::UnexpectedEof,
            Fault::Read { source, .. } => source.kind(),
            Fault::Misread => io::ErrorKind::InvalidData,
        };
        Self::new(kind, fault)
    }
}
