//! The bytes of one sample, out of the packets that they are scattered over.

use std::io;

use media::{Codec, Framing, Sample, Source, Track};
use memchr::memmem;

use crate::{
    nal::Kind,
    packet::{Continuity, Follows, Packet, Packets, Step},
    pes::Unwrap,
};

/// In [`Sample::skip`]: parameter sets of this sample are sent with it, because they change in
/// the course of the file.
pub(crate) const IN_BAND: u32 = 1 << 31;

/// Appends the bytes of `sample` to `out`, as they are sent: NAL units behind their lengths in four
/// bytes, without delimiters, filler and parameter sets that the configuration has; raw frames of
/// AAC; whole frames of any other sound. Exactly `sample.size` bytes, or an error.
pub fn gather(
    source: &dyn Source,
    track: &Track,
    sample: &Sample,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    let Framing::Transport { stride, pid } = track.framing else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a track of a transport stream",
        ));
    };
    let begin = out.len();
    let result = collect(source, (stride, pid), &track.codec, sample, out);
    if result.is_err() {
        out.truncate(begin);
    }
    result
}

fn collect(
    source: &dyn Source,
    (stride, pid): (u16, u16),
    codec: &Codec,
    sample: &Sample,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    let size = sample.size as usize;
    let target = out.len().saturating_add(size);
    let in_band = sample.skip & IN_BAND != 0;
    let mut skip = (sample.skip & !IN_BAND) as usize;
    let mut form = match codec {
        Codec::H264 => Form::Units(Lengths::new(Kind::H264, in_band, target, out)),
        Codec::Hevc => Form::Units(Lengths::new(Kind::Hevc, in_band, target, out)),
        Codec::Aac => Form::Adts(Vec::new()),
        _ => Form::Plain,
    };
    // Some of what lies between belongs to others.
    let chunk = (size + skip.min(1 << 20)).clamp(8 << 10, 512 << 10) * 5 / 4;
    let mut packets = Packets::new(source, sample.offset, usize::from(stride), chunk);
    let (mut continuity, mut unwrap) = (Continuity::default(), Unwrap::default());
    loop {
        let (position, bytes) = match packets.step()? {
            Step::Packet(position, bytes) => (position, bytes),
            Step::Garbage => continue,
            Step::End => return Err(io::ErrorKind::UnexpectedEof.into()),
        };
        let packet = Packet::parse(bytes);
        if packet.pid != pid || packet.error || packet.scrambled {
            continue;
        }
        let Some(payload) = packet.payload else { continue };
        if continuity.follow(source, position, bytes, &packet) == Follows::Again {
            continue;
        }
        let Some(piece) = unwrap.feed(position, packet.start, payload) else { continue };
        let skipped = skip.min(piece.data.len());
        skip -= skipped;
        let data = piece.data.get(skipped..).unwrap_or_default();
        if form.feed(data, target, out) {
            return Ok(());
        }
    }
}

enum Form {
    Units(Lengths),
    /// The header, as far as it has been read.
    Adts(Vec<u8>),
    Plain,
}

impl Form {
    /// Takes more bytes; whether the sample is complete.
    fn feed(&mut self, mut data: &[u8], target: usize, out: &mut Vec<u8>) -> bool {
        match self {
            Self::Units(lengths) => return lengths.feed(data, out),
            Self::Adts(head) => {
                while let Some((byte, rest)) = data.split_first() {
                    // Without a checksum, 7 bytes; with one, 9.
                    let length = if head.get(1).is_some_and(|byte| byte & 1 == 0) { 9 } else { 7 };
                    if head.len() >= length {
                        break;
                    }
                    head.push(*byte);
                    data = rest;
                }
            }
            Self::Plain => {}
        }
        let room = target.saturating_sub(out.len()).min(data.len());
        out.extend_from_slice(data.get(..room).unwrap_or_default());
        out.len() >= target
    }
}

/// Puts lengths in the place of start codes.
struct Lengths {
    kind: Kind,
    in_band: bool,
    target: usize,
    /// Where the length of the unit that is being read has its place.
    unit: usize,
}

impl Lengths {
    fn new(kind: Kind, in_band: bool, target: usize, out: &mut Vec<u8>) -> Self {
        let unit = out.len();
        out.extend_from_slice(&[0; 4]);
        Self { kind, in_band, target, unit }
    }

    fn feed(&mut self, data: &[u8], out: &mut Vec<u8>) -> bool {
        let mut rest = data;
        while let Some(end) = self.next_code(rest, out) {
            let (unit, after) = rest.split_at(end);
            out.extend_from_slice(unit);
            out.truncate(out.len() - 1);
            let length = self.length(out);
            out.truncate(self.unit + 4 + length);
            if self.is_kept(out) {
                self.write_length(out);
            } else {
                out.truncate(self.unit);
            }
            if out.len() >= self.target {
                return out.len() == self.target;
            }
            self.unit = out.len();
            out.extend_from_slice(&[0; 4]);
            rest = after;
        }
        out.extend_from_slice(rest);
        // The last unit is not waited for: its end is known.
        let end = self.unit + 4 + self.length(out);
        if end >= self.target && self.target > self.unit + 4 && self.is_kept(out) {
            out.truncate(self.target);
            self.write_length(out);
            return true;
        }
        false
    }

    /// Bytes of the unit without the zeros at its end, which may be the begin of a start code.
    fn length(&self, out: &[u8]) -> usize {
        let unit = out.get(self.unit + 4..).unwrap_or_default();
        unit.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)
    }

    fn is_kept(&self, out: &[u8]) -> bool {
        let unit = out.get(self.unit + 4..).unwrap_or_default();
        !unit.is_empty() && self.kind.role(unit).is_kept(self.in_band)
    }

    fn write_length(&self, out: &mut [u8]) {
        let length = u32::try_from(out.len() - self.unit - 4).unwrap_or(u32::MAX);
        if let Some(place) = out.get_mut(self.unit..self.unit + 4) {
            place.copy_from_slice(&length.to_be_bytes());
        }
    }

    /// Where the next start code ends, if it ends in `data`.
    fn next_code(&self, data: &[u8], out: &[u8]) -> Option<usize> {
        let before = out.get(self.unit + 4..).unwrap_or_default();
        match (before, data) {
            ([.., 0, 0], [1, ..]) => Some(1),
            ([.., 0], [0, 1, ..]) => Some(2),
            _ => memmem::find(data, &[0, 0, 1]).map(|at| at + 3),
        }
    }
}
