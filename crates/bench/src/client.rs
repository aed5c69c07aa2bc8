//! One connection that asks and waits: bodies as bytes, and how long the first and the last byte took.

use std::io::Write as _;
use std::net::{SocketAddrV4, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::net::RecvFlags;

use crate::http::{Head, parse_head};
use crate::load::{connect, receive};

/// Bytes that one `recv` drops at most.
const DROP_BYTES: usize = 4 << 20;

/// A kept connection.
pub(crate) struct Client {
    stream: TcpStream,
    host: String,
    space: Vec<u8>,
}

/// How long an answer took, from sending the request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Took {
    /// To the first byte of the body.
    pub(crate) first: Duration,
    /// To its last.
    pub(crate) total: Duration,
    /// The length of the body.
    pub(crate) bytes: u64,
}

impl Client {
    pub(crate) fn connect(address: SocketAddrV4) -> Result<Self> {
        let stream = connect(address, None)?;
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        Ok(Self { stream, host: address.to_string(), space: vec![0; DROP_BYTES] })
    }

    /// The body of an answer.
    pub(crate) fn get(&mut self, path: &str) -> Result<Vec<u8>> {
        self.get_with(path, "")
    }

    /// The same, of a request with further lines in its head.
    pub(crate) fn get_with(&mut self, path: &str, fields: &str) -> Result<Vec<u8>> {
        self.ask(path, fields)?;
        self.body(path)
    }

    fn body(&mut self, path: &str) -> Result<Vec<u8>> {
        let (head, mut body) = self.head(path)?;
        let length = usize::try_from(Self::length(path, head)?)?;
        let had = body.len();
        body.resize(length.max(had), 0);
        let rest = body.get_mut(had..).unwrap_or_default();
        std::io::Read::read_exact(&mut self.stream, rest)
            .with_context(|| format!("{path} was cut short"))?;
        Ok(body)
    }

    /// The body of the answer to a request that changes something.
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        fields: &str,
        body: &[u8],
    ) -> Result<Vec<u8>> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nUser-Agent: vidicon-bench\r\nContent-Length: {}\r\n{fields}\r\n",
            self.host,
            body.len()
        );
        self.stream.write_all(head.as_bytes()).context("could not send a request")?;
        self.stream.write_all(body).context("could not send the body of a request")?;
        self.body(path)
    }

    /// Times an answer, whose body is dropped. `fields` are further lines of the request's head.
    pub(crate) fn time(&mut self, path: &str, fields: &str) -> Result<Took> {
        let begin = Instant::now();
        self.ask(path, fields)?;
        let (head, early) = self.head(path)?;
        let bytes = Self::length(path, head)?;
        let mut left = bytes.saturating_sub(early.len() as u64);
        let mut first = (!early.is_empty() || left == 0).then(|| begin.elapsed());
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(DROP_BYTES).min(DROP_BYTES);
            let space = self.space.get_mut(..most).unwrap_or_default();
            let got = receive(&self.stream, space, RecvFlags::TRUNC)?.unwrap_or(0);
            first.get_or_insert_with(|| begin.elapsed());
            left = left.saturating_sub(got as u64);
        }
        let total = begin.elapsed();
        Ok(Took { first: first.unwrap_or(total), total, bytes })
    }

    fn ask(&mut self, path: &str, fields: &str) -> Result<()> {
        let text = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nUser-Agent: vidicon-bench\r\nAccept: */*\r\n{fields}\r\n",
            self.host
        );
        self.stream.write_all(text.as_bytes()).context("could not send a request")
    }

    /// The head, and what of the body came with it.
    fn head(&mut self, path: &str) -> Result<(Head, Vec<u8>)> {
        let mut got = Vec::new();
        let mut some = [0; 8 << 10];
        loop {
            let Some(count) = receive(&self.stream, &mut some, RecvFlags::empty())? else {
                bail!("{path}: no answer")
            };
            got.extend_from_slice(some.get(..count).unwrap_or_default());
            if let Some(head) = parse_head(&got)? {
                if !(200..300).contains(&head.status) {
                    let text = String::from_utf8_lossy(got.get(head.size..).unwrap_or_default());
                    bail!("{path}: status {}: {text}", head.status);
                }
                return Ok((head, got.split_off(head.size)));
            }
        }
    }

    fn length(path: &str, head: Head) -> Result<u64> {
        if head.status == 204 {
            return Ok(0);
        }
        head.length.with_context(|| format!("{path}: an answer without Content-Length"))
    }
}
