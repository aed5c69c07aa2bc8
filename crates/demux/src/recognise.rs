//! Which container a file is, by its first bytes.

use std::io;

use media::Source;

/// How many bytes are looked at. Enough for five packets of any transport stream with junk before
/// the first.
const START: usize = 8 << 10;

/// What a file is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// ISO base media: MP4, MOV, 3GP.
    IsoBmff,
    /// Matroska or `WebM`.
    Matroska,
    /// MPEG transport stream.
    MpegTs,
    /// A video container that is not packaged as it is: its name.
    Other(&'static str),
    /// Nothing we know.
    Unknown,
}

/// The first bytes of a file, as many as are looked at or as there are.
pub(crate) fn start(source: &dyn Source) -> io::Result<Vec<u8>> {
    let mut start = vec![0; START.min(usize::try_from(source.len()).unwrap_or(START))];
    media::read_exact_at(source, &mut start, 0)?;
    Ok(start)
}

/// What a file is that begins like this.
pub fn recognise(start: &[u8]) -> Format {
    if matroska::sniff(start) {
        return Format::Matroska;
    }
    if isobmff::read::sniff(start) {
        return Format::IsoBmff;
    }
    if let Some(name) = other(start) {
        return Format::Other(name);
    }
    if mpegts::sniff(start) { Format::MpegTs } else { Format::Unknown }
}

/// The header object of ASF, which WMV files are.
const ASF: &[u8] = b"\x30\x26\xB2\x75\x8E\x66\xCF\x11\xA6\xD9\x00\xAA\x00\x62\xCE\x6C";

/// Containers that must be prepared.
fn other(start: &[u8]) -> Option<&'static str> {
    let at = |offset: usize, bytes: &[u8]| {
        start.get(offset..).is_some_and(|rest| rest.starts_with(bytes))
    };
    Some(match () {
        () if at(0, b"RIFF") && at(8, b"AVI ") => "AVI",
        () if at(0, b"OggS") => "Ogg",
        () if at(0, b"FLV\x01") => "FLV",
        () if at(0, ASF) => "WMV",
        () if at(0, b"\x00\x00\x01\xBA") => "MPEG program stream",
        () if at(0, b"\x00\x00\x01\xB3") => "MPEG video",
        () if at(0, b".RMF") => "RealMedia",
        () if at(0, b"\x06\x0E\x2B\x34\x02\x05\x01\x01\x0D\x01\x02\x01\x01\x02") => "MXF",
        () if at(0, b"DKIF") => "IVF",
        () if at(0, b"RIFF") && at(8, b"WAVE") => "WAV",
        () if at(0, b"fLaC") => "FLAC",
        () if at(0, b"ID3") => "MP3",
        () if at(0, b"GIF8") => "GIF",
        () => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_that_are_not_packaged_are_named() {
        assert_eq!(recognise(b"RIFF\x00\x00\x00\x00AVI LIST"), Format::Other("AVI"));
        assert_eq!(recognise(b"FLV\x01\x05"), Format::Other("FLV"));
        assert_eq!(recognise(b"\x00\x00\x01\xBA\x44"), Format::Other("MPEG program stream"));
        assert_eq!(recognise(b"#!/bin/sh"), Format::Unknown);
        assert_eq!(recognise(b""), Format::Unknown);
    }
}
