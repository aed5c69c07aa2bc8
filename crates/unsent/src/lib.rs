//! How many bytes of a TCP stream the other end has yet to take.
//!
//! A server that only looks at its own writes cannot tell a slow client from one that is gone:
//! the kernel may hold megabytes, and asks for more only when a third of that is free. What the
//! client has acknowledged is the one sure sign of progress. This room asks for it and leaves
//! every decision to others.

#[cfg(target_os = "linux")]
use std::{ffi::c_int, os::fd::AsFd};

/// Bytes in the kernel's send queue: written and not yet acknowledged (`SIOCOUTQ`, tcp(7)).
///
/// None when the system cannot tell.
#[cfg(target_os = "linux")]
pub fn unsent(stream: impl AsFd) -> Option<u64> {
    // libc and rustix disagree on how wide an opcode is; every one fits 32 bits.
    #[allow(clippy::cast_possible_truncation)]
    const OPCODE: rustix::ioctl::Opcode = libc::TIOCOUTQ as rustix::ioctl::Opcode;
    // SAFETY: TIOCOUTQ, which is SIOCOUTQ for sockets, is a valid opcode and writes one c_int.
    #[allow(unsafe_code)]
    let getter = unsafe { rustix::ioctl::Getter::<OPCODE, c_int>::new() };
    // SAFETY: the getter goes with its opcode, and the call reads and writes nothing else. On a
    // descriptor that is no socket or terminal the kernel answers with an error.
    #[allow(unsafe_code)]
    let count = unsafe { rustix::ioctl::ioctl(stream, getter) };
    u64::try_from(count.ok()?).ok()
}

/// Elsewhere nobody can tell.
#[cfg(not(target_os = "linux"))]
pub fn unsent<S>(_stream: S) -> Option<u64> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::{TcpListener, TcpStream},
    };

    use super::*;

    #[test]
    fn what_the_other_end_has_not_taken_is_counted() -> std::io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let mut here = TcpStream::connect(listener.local_addr()?)?;
        let (mut there, _) = listener.accept()?;
        assert_eq!(unsent(&here), Some(0));
        here.set_nonblocking(true)?;
        let mut written = 0;
        let block = vec![7; 65536];
        while let Ok(count) = here.write(&block) {
            written += count;
        }
        let full = unsent(&here);
        assert!(full.is_some_and(|full| full > 0), "{full:?} of {written}");
        there.read_exact(&mut vec![0; written])?;
        // The last acknowledgement may be on its way.
        while unsent(&here) != Some(0) {
            std::thread::yield_now();
        }
        Ok(())
    }

    #[test]
    fn a_file_has_no_such_queue() -> std::io::Result<()> {
        assert_eq!(unsent(std::fs::File::open("/dev/null")?), None);
        Ok(())
    }
}
