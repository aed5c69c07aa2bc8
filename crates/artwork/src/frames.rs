//! Pictures that come through a pipe as PPM, one after the other.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::pixels::Pixels;

/// The longest side that is read.
const SIDE: u32 = 2_048;
/// The longest line of a header.
const LINE: usize = 32;

/// The next picture; `None` at the end.
pub(crate) async fn next(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Pixels>> {
    let Some(magic) = line(from).await? else { return Ok(None) };
    let size = line(from).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let depth = line(from).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let sides = size.split_once(' ').and_then(|(width, height)| {
        Some((width.parse::<u32>().ok()?, height.parse::<u32>().ok()?))
    });
    let bounds = 1..=SIDE;
    let Some((width, height)) = sides.filter(|(width, height)| {
        magic == "P6" && depth == "255" && bounds.contains(width) && bounds.contains(height)
    }) else {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "not the header of a picture"));
    };
    let mut picture = Pixels::black(width, height);
    from.read_exact(&mut picture.rgb).await?;
    Ok(Some(picture))
}

/// A line without its end; `None` if there is nothing any more.
async fn line(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<String>> {
    let mut line = String::new();
    loop {
        let mut byte = [0];
        if from.read(&mut byte).await? == 0 {
            let end = line.is_empty().then_some(None);
            return end.ok_or_else(|| io::ErrorKind::UnexpectedEof.into());
        }
        match byte {
            [b'\n'] => return Ok(Some(line)),
            [byte] if line.len() < LINE => line.push(char::from(byte)),
            _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "an endless header")),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn pictures_are_read_one_after_the_other() {
        let mut bytes = b"P6\n2 1\n255\nabcdefP6\n1 1\n255\nxyz".as_slice();
        let first = next(&mut bytes).await.unwrap().unwrap();
        assert_eq!((first.width, first.height, first.rgb.as_slice()), (2, 1, b"abcdef".as_slice()));
        assert_eq!(next(&mut bytes).await.unwrap().unwrap().rgb, b"xyz");
        assert!(next(&mut bytes).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn anything_else_is_an_error() {
        for bytes in [
            b"P6\n2 1\n255\nabc".as_slice(),
            b"P6\n99999 1\n255\nabc",
            b"P6\n0 1\n255\n",
            b"P5\n1 1\n255\nabc",
            b"a line that goes on and on and on and on and on",
            b"P6\n1 1",
        ] {
            assert!(next(&mut { bytes }).await.is_err(), "{bytes:?}");
        }
    }
}
