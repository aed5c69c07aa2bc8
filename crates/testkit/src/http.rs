//! HTTP/1.1 as bytes on a socket (RFC 9112): requests go out exactly as given, responses are
//! taken apart without interpretation.

use std::{
    io::{self, Read, Write},
    net::{IpAddr, Shutdown, SocketAddr, TcpStream},
    time::Duration,
};

use socket2::{Domain, SockRef, Socket, Type};

use crate::wait::DEADLINE;

mod headers;
mod response;

pub use headers::Headers;
pub use response::Response;

/// How a connection is to be made.
#[derive(Clone, Copy, Debug)]
pub struct Dial {
    to: SocketAddr,
    from: Option<IpAddr>,
    receive_buffer: Option<usize>,
    segment: Option<u32>,
    read_timeout: Duration,
}

impl Dial {
    /// To this address.
    pub fn to(addr: SocketAddr) -> Self {
        Self { to: addr, from: None, receive_buffer: None, segment: None, read_timeout: DEADLINE }
    }

    /// From this address: on Linux all of 127.0.0.0/8 is this machine, so that one test can be
    /// several clients.
    #[must_use]
    pub fn from(mut self, addr: IpAddr) -> Self {
        self.from = Some(addr);
        self
    }

    /// With a receive buffer of about this many bytes (the kernel doubles it), so that the server
    /// soon notices a client that does not read. Set before connecting, as it decides the window.
    #[must_use]
    pub fn receive_buffer(mut self, bytes: usize) -> Self {
        self.receive_buffer = Some(bytes);
        self
    }

    /// With segments of this many bytes at most: 1448 makes the loopback, whose segments are as
    /// large as 64 KiB, behave like an Ethernet.
    #[must_use]
    pub fn segment(mut self, bytes: u32) -> Self {
        self.segment = Some(bytes);
        self
    }

    /// A read that brings nothing for this long is an error.
    #[must_use]
    pub fn read_timeout(mut self, limit: Duration) -> Self {
        self.read_timeout = limit;
        self
    }

    /// Connects; not being able to ends the test.
    #[track_caller]
    pub fn open(self) -> Http {
        self.try_open().unwrap_or_else(|error| panic!("no connection to {}: {error}", self.to))
    }

    /// Connects.
    pub fn try_open(self) -> io::Result<Http> {
        let socket = Socket::new(Domain::for_address(self.to), Type::STREAM, None)?;
        if let Some(bytes) = self.receive_buffer {
            socket.set_recv_buffer_size(bytes)?;
        }
        if let Some(bytes) = self.segment {
            socket.set_tcp_mss(bytes)?;
        }
        if let Some(from) = self.from {
            socket.bind(&SocketAddr::new(from, 0).into())?;
        }
        socket.connect_timeout(&self.to.into(), DEADLINE)?;
        socket.set_tcp_nodelay(true)?;
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(self.read_timeout))?;
        stream.set_write_timeout(Some(DEADLINE))?;
        Ok(Http { stream, host: self.to, buffer: Vec::new(), framing: Framing::Length(0) })
    }
}

/// One connection. Responses are read in the order of the requests.
#[derive(Debug)]
pub struct Http {
    stream: TcpStream,
    host: SocketAddr,
    /// Received and not yet taken.
    buffer: Vec<u8>,
    framing: Framing,
}

/// Where the body that is being read ends (RFC 9112 section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    /// After this many bytes more.
    Length(u64),
    /// After this many bytes more of a chunk, then the next chunk.
    Chunk(u64),
    /// With the connection.
    Close,
}

impl Http {
    /// Connects with the defaults of [`Dial`].
    #[track_caller]
    pub fn connect(addr: SocketAddr) -> Self {
        Dial::to(addr).open()
    }

    /// Sends bytes as they are.
    #[track_caller]
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.try_send(bytes).expect("the request could not be sent");
    }

    /// Sends bytes as they are; an error where the server has closed the connection.
    pub fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(bytes.as_ref())
    }

    /// Sends the head of a request with `Host` and these headers. The target goes out unchanged.
    #[track_caller]
    pub fn send_request(
        &mut self,
        method: &str,
        target: impl AsRef<[u8]>,
        headers: &[(&str, &str)],
    ) {
        self.send(self.head_of(method, target, headers));
    }

    /// The bytes that [`Self::send_request`] sends: for sending several requests in one write.
    pub fn head_of(
        &self,
        method: &str,
        target: impl AsRef<[u8]>,
        headers: &[(&str, &str)],
    ) -> Vec<u8> {
        let mut head = format!("{method} ").into_bytes();
        head.extend_from_slice(target.as_ref());
        head.extend_from_slice(format!(" HTTP/1.1\r\nHost: {}\r\n", self.host).as_bytes());
        for (name, value) in headers {
            head.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        head.extend_from_slice(b"\r\n");
        head
    }

    /// Sends a request and reads its whole response.
    #[track_caller]
    pub fn request(
        &mut self,
        method: &str,
        target: impl AsRef<[u8]>,
        headers: &[(&str, &str)],
    ) -> Response {
        self.send_request(method, target, headers);
        self.read_response(method)
    }

    /// GET.
    #[track_caller]
    pub fn get(&mut self, target: impl AsRef<[u8]>) -> Response {
        self.request("GET", target, &[])
    }

    /// HEAD.
    #[track_caller]
    pub fn head(&mut self, target: impl AsRef<[u8]>) -> Response {
        self.request("HEAD", target, &[])
    }

    /// GET, where the server may have closed the connection.
    pub fn try_get(&mut self, target: impl AsRef<[u8]>) -> io::Result<Response> {
        // What was sent before the connection was closed can still be read.
        let sent = self.try_send(self.head_of("GET", target, &[]));
        self.try_read_response("GET").map_err(|error| sent.err().unwrap_or(error))
    }

    /// Reads one whole response to a request with this method; one that is cut ends the test.
    #[track_caller]
    pub fn read_response(&mut self, method: &str) -> Response {
        self.try_read_response(method).expect("no whole response came")
    }

    /// Reads one whole response.
    pub fn try_read_response(&mut self, method: &str) -> io::Result<Response> {
        let mut response = self.try_read_head(method)?;
        let mut block = vec![0; 1 << 16];
        loop {
            let got = self.read_body(&mut block)?;
            if got == 0 {
                return Ok(response);
            }
            response.body.extend_from_slice(&block[..got]);
        }
    }

    /// Reads the head of a response; its body is then read with [`Self::read_body`].
    #[track_caller]
    pub fn read_head(&mut self, method: &str) -> Response {
        self.try_read_head(method).expect("no response came")
    }

    /// Reads the head of a response; interim responses (1xx) are passed over.
    pub fn try_read_head(&mut self, method: &str) -> io::Result<Response> {
        loop {
            let end = loop {
                if let Some(at) = self.buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                    break at;
                }
                self.receive()?;
            };
            let head: Vec<u8> = self.buffer.drain(..end + 4).collect();
            let response = Response::parse(&head[..head.len() - 2])?;
            if response.status / 100 != 1 {
                self.framing = framing(&response, method)?;
                return Ok(response);
            }
        }
    }

    /// Reads a part of the body; 0 at its end. A connection that ends before is `UnexpectedEof`.
    pub fn read_body(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Framing::Chunk(0) = self.framing {
            self.next_chunk()?;
        }
        let most = match self.framing {
            Framing::Length(left) | Framing::Chunk(left) => usize::try_from(left).unwrap(),
            Framing::Close => usize::MAX,
        };
        let most = most.min(into.len());
        if most == 0 {
            return Ok(0);
        }
        let got = if self.buffer.is_empty() {
            self.stream.read(&mut into[..most])?
        } else {
            let take = most.min(self.buffer.len());
            into[..take].copy_from_slice(&self.buffer[..take]);
            self.buffer.drain(..take);
            take
        };
        match &mut self.framing {
            Framing::Close => Ok(got),
            Framing::Length(_) | Framing::Chunk(_) if got == 0 => {
                Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the body was cut"))
            }
            Framing::Length(left) | Framing::Chunk(left) => {
                *left -= got as u64;
                Ok(got)
            }
        }
    }

    /// Reads exactly `len` bytes of the body.
    pub fn read_body_exact(&mut self, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; len];
        let mut at = 0;
        while at < len {
            match self.read_body(&mut bytes[at..])? {
                0 => {
                    return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the body is over"));
                }
                got => at += got,
            }
        }
        Ok(bytes)
    }

    /// Gives every piece of the rest of the body to `each`; how many bytes there were, and whether
    /// the body was whole.
    pub fn drain_body(&mut self, mut each: impl FnMut(&[u8])) -> (u64, io::Result<()>) {
        let mut block = vec![0; 1 << 18];
        let mut total = 0;
        loop {
            match self.read_body(&mut block) {
                Ok(0) => return (total, Ok(())),
                Ok(got) => {
                    each(&block[..got]);
                    total += got as u64;
                }
                Err(error) => return (total, Err(error)),
            }
        }
    }

    /// Waits until the server closes the connection, or resets it; bytes before that end the test.
    #[track_caller]
    pub fn wait_closed(&mut self) {
        assert_eq!(String::from_utf8_lossy(&self.buffer), "", "nothing was to come");
        let mut rest = Vec::new();
        match self.stream.read_to_end(&mut rest) {
            Err(error) if error.kind() != io::ErrorKind::ConnectionReset => {
                panic!("the server did not close the connection: {error}")
            }
            _ => assert_eq!(String::from_utf8_lossy(&rest), "", "nothing was to come"),
        }
    }

    /// The address of this end.
    pub fn local_addr(&self) -> SocketAddr {
        self.stream.local_addr().unwrap()
    }

    /// Says that no more requests come; the response can still be read.
    pub fn finish_sending(&self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }

    /// Ends the connection with a reset instead of in good order, as a crashed client's machine does.
    pub fn reset(self) {
        SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)).unwrap();
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        let mut size = self.line()?;
        if size.is_empty() {
            // The line break that ends the chunk before.
            size = self.line()?;
        }
        let digits = size.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(digits, 16).map_err(io::Error::other)?;
        self.framing = if size == 0 {
            while !self.line()?.is_empty() {}
            Framing::Length(0)
        } else {
            Framing::Chunk(size)
        };
        Ok(())
    }

    /// A line of the chunked coding, without its end.
    fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(at) = self.buffer.windows(2).position(|w| w == b"\r\n") {
                let line: Vec<u8> = self.buffer.drain(..at + 2).collect();
                return Ok(String::from_utf8_lossy(&line[..at]).into_owned());
            }
            self.receive()?;
        }
    }

    fn receive(&mut self) -> io::Result<()> {
        let mut block = [0; 1 << 14];
        let got = self.stream.read(&mut block)?;
        if got == 0 {
            let what = "the connection ended before a whole head";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, what));
        }
        self.buffer.extend_from_slice(&block[..got]);
        Ok(())
    }
}

fn framing(response: &Response, method: &str) -> io::Result<Framing> {
    if method == "HEAD" || matches!(response.status, 204 | 304) {
        return Ok(Framing::Length(0));
    }
    if response.headers.all("transfer-encoding").any(|value| value == "chunked") {
        return Ok(Framing::Chunk(0));
    }
    match response.headers.get("content-length") {
        Some(length) => length.parse().map(Framing::Length).map_err(io::Error::other),
        None => Ok(Framing::Close),
    }
}
