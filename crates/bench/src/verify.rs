//! Before anything is measured: does this server send the right bytes?

use std::fs;
use std::io::{Read, Write as _};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::http::{Request, parse_head};
use crate::load::connect;
use crate::server::Server;
use crate::workdir::{BIG, BIG_BYTES, SMALL, SMALL_BYTES, WorkDir, slice};

/// Compares a few answers with the files, byte by byte, all over one kept connection.
pub(crate) fn verify(server: &Server, work: &WorkDir) -> Result<()> {
    let mut stream = connect(server.address, None)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mib = 1 << 20;
    let part =
        |from, to| Request { path: BIG, length: BIG_BYTES, range: Some((from, to)), gzip: false };
    let questions = [
        Request { path: SMALL, length: SMALL_BYTES, range: None, gzip: false },
        part(0, 1),
        part(0, mib),
        // Across no round boundary, as a seeking player asks.
        part(BIG_BYTES / 3 + 1, BIG_BYTES / 3 + 1 + mib),
        part(BIG_BYTES - 70_001, BIG_BYTES),
        Request { path: SMALL, length: SMALL_BYTES, range: Some((1000, 3001)), gzip: false },
    ];
    let mut text = String::new();
    for question in questions {
        question.write(&server.address.to_string(), &mut text);
        stream.write_all(text.as_bytes()).context("could not send a request")?;
        let body = read_answer(&mut stream, &question)?;
        let file = work.file(question.path);
        let (from, to) = question.range.unwrap_or((0, question.length));
        let right = if question.range.is_none() {
            fs::read(&file).with_context(|| format!("could not read {}", file.display()))?
        } else {
            slice(&file, from, to)?
        };
        if let Some(at) = body.iter().zip(&right).position(|(got, due)| got != due) {
            bail!(
                "{} sent a wrong byte of {} at offset {}",
                server.peer.title(),
                question.path,
                from + at as u64
            );
        }
    }
    Ok(())
}

/// Reads one answer whole. The head is checked; the body has the length that was due.
fn read_answer(stream: &mut impl Read, question: &Request) -> Result<Vec<u8>> {
    let due = usize::try_from(question.body())?;
    let mut got = Vec::new();
    let mut some = vec![0; 64 << 10];
    loop {
        let count = stream.read(&mut some).context("could not read an answer")?;
        if count == 0 {
            bail!("the connection was closed in the middle of an answer");
        }
        got.extend_from_slice(some.get(..count).unwrap_or_default());
        let Some(head) = parse_head(&got)? else {
            continue;
        };
        question.check(&head)?;
        let whole = head.size + due;
        if got.len() > whole {
            bail!("{}: more bytes than announced", question.path);
        }
        if got.len() < whole {
            let mut rest = vec![0; whole - got.len()];
            stream.read_exact(&mut rest).context("the body of an answer was cut short")?;
            got.extend_from_slice(&rest);
        }
        return Ok(got.split_off(head.size));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const QUESTION: Request = Request { path: "/x", length: 10, range: None, gzip: false };

    #[test]
    fn a_body_is_read_whole_and_without_its_head() {
        let mut wire = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789".as_slice();
        assert_eq!(read_answer(&mut wire, &QUESTION).unwrap(), b"0123456789");
    }

    #[test]
    fn a_body_cut_short_or_too_long_is_noticed() {
        let mut wire = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234".as_slice();
        assert!(read_answer(&mut wire, &QUESTION).is_err());
        let mut wire = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789a".as_slice();
        assert!(read_answer(&mut wire, &QUESTION).is_err());
    }
}
