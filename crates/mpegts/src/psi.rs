//! Program tables: which programs there are, and of which streams they consist
//! [ISO/IEC 13818-1, 2.4.4].

use media::{Codec, Language, Roles};

/// The longest section there is.
const SECTION: usize = 4096;

/// Puts sections together from the packets of one PID.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sections {
    bytes: Vec<u8>,
    open: bool,
}

impl Sections {
    /// Takes a payload and shows every section that it completes and that is not damaged.
    pub(crate) fn feed(&mut self, start: bool, payload: &[u8], mut visit: impl FnMut(&[u8])) {
        let mut rest = payload;
        if start {
            let Some((pointer, after)) = rest.split_first() else { return };
            let (tail, begin) = after.split_at(usize::from(*pointer).min(after.len()));
            self.append(tail, &mut visit);
            self.bytes.clear();
            self.open = true;
            rest = begin;
        }
        self.append(rest, &mut visit);
    }

    fn append(&mut self, bytes: &[u8], visit: &mut impl FnMut(&[u8])) {
        if !self.open {
            return;
        }
        self.bytes.extend_from_slice(bytes);
        let mut rest = self.bytes.as_slice();
        while let [table, high, low, ..] = *rest {
            // Stuffing up to the end of the packet.
            if table == 0xff {
                self.open = false;
                break;
            }
            let length = 3 + (usize::from(high & 0x0f) << 8 | usize::from(low));
            let Some((section, after)) = rest.split_at_checked(length) else { break };
            if crc(section) == 0 {
                visit(section);
            }
            rest = after;
        }
        let used = self.bytes.len() - rest.len();
        self.bytes.drain(..used);
        if self.bytes.len() > SECTION {
            self.open = false;
        }
    }
}

/// CRC-32 of MPEG [Annex A]; 0 for a section with its own CRC at its end.
pub(crate) fn crc(bytes: &[u8]) -> u32 {
    bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte) << 24, |crc, _| {
            if crc & 1 << 31 == 0 { crc << 1 } else { crc << 1 ^ 0x04c1_1db7 }
        })
    })
}

fn pid(bytes: [u8; 2]) -> u16 {
    u16::from_be_bytes(bytes) & 0x1fff
}

/// The programs of a program association section: number, and PID of the program map.
pub(crate) fn programs(section: &[u8]) -> Option<Vec<(u16, u16)>> {
    let body = body(section, 0x00)?;
    let entry = |entry: &[u8]| match *entry {
        [high, low, pid_high, pid_low] => {
            Some((u16::from_be_bytes([high, low]), pid([pid_high, pid_low])))
        }
        _ => None,
    };
    // Number 0 is the network's own table.
    Some(body.chunks_exact(4).filter_map(entry).filter(|(number, _)| *number != 0).collect())
}

/// The inner part of a section that is in force.
fn body(section: &[u8], table: u8) -> Option<&[u8]> {
    let in_force = section.first() == Some(&table) && section.get(5)? & 1 == 1;
    in_force.then(|| section.get(8..section.len().checked_sub(4)?)).flatten()
}

/// A program: its number and streams.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Program {
    pub(crate) number: u16,
    pub(crate) streams: Vec<Stream>,
}

/// What a program map says of a stream.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Stream {
    pub(crate) pid: u16,
    pub(crate) content: Content,
    pub(crate) language: Option<Language>,
    pub(crate) roles: Roles,
}

/// What is in a stream.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Content {
    /// Pictures that can be packaged.
    Video(Codec),
    /// Sound that can be packaged. MPEG audio is `Mp2` until its frames are seen.
    Audio(Codec),
    /// Pictures that need preparation.
    OtherVideo(Codec),
    /// Sound that needs preparation.
    OtherAudio(Codec),
    /// Subtitles.
    Subtitles(Codec),
    /// Something that has a name.
    Data(Codec),
}

impl Program {
    /// Whether it has pictures.
    pub(crate) fn has_video(&self) -> bool {
        let video =
            |stream: &Stream| matches!(stream.content, Content::Video(_) | Content::OtherVideo(_));
        self.streams.iter().any(video)
    }

    /// Whether it has sound.
    pub(crate) fn has_audio(&self) -> bool {
        let audio =
            |stream: &Stream| matches!(stream.content, Content::Audio(_) | Content::OtherAudio(_));
        self.streams.iter().any(audio)
    }

    /// From a program map section.
    pub(crate) fn parse(section: &[u8]) -> Option<Self> {
        let body = body(section, 0x02)?;
        let number = u16::from_be_bytes([*section.get(3)?, *section.get(4)?]);
        let [_, _, high, low, rest @ ..] = body else { return None };
        let length = usize::from(pid([*high, *low]) & 0x0fff);
        let (descriptors, mut rest) = rest.split_at_checked(length)?;
        let hdmv = registration(descriptors) == Some(*b"HDMV");
        let mut streams: Vec<Stream> = Vec::new();
        while let [kind, pid_high, pid_low, high, low, after @ ..] = rest {
            let length = usize::from(pid([*high, *low]) & 0x0fff).min(after.len());
            let (descriptors, after) = after.split_at(length);
            let pid = pid([*pid_high, *pid_low]);
            if streams.iter().all(|stream| stream.pid != pid)
                && let Some(content) = content(*kind, descriptors, hdmv)
            {
                let (language, roles) = language(descriptors);
                streams.push(Stream { pid, content, language, roles });
            }
            rest = after;
        }
        Some(Self { number, streams })
    }
}

/// Descriptors: tag and body.
fn descriptors(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let [tag, length, after @ ..] = rest else { return None };
        let (body, after) = after.split_at_checked(usize::from(*length))?;
        rest = after;
        Some((*tag, body))
    })
}

fn registration(bytes: &[u8]) -> Option<[u8; 4]> {
    let mut all = descriptors(bytes);
    all.find(|(tag, _)| *tag == 0x05).and_then(|(_, body)| body.first_chunk().copied())
}

fn other(name: &str) -> Codec {
    Codec::Other(name.to_owned())
}

/// What a stream is, by its type [Table 2-34; ETSI TS 101 154; ATSC A/53; Blu-ray].
fn content(kind: u8, bytes: &[u8], hdmv: bool) -> Option<Content> {
    Some(match kind {
        0x01 => Content::OtherVideo(other("mpeg1video")),
        0x80 if hdmv => Content::OtherAudio(other("pcm_bluray")),
        0x02 | 0x80 => Content::OtherVideo(other("mpeg2video")),
        0x03 | 0x04 => Content::Audio(Codec::Mp2),
        0x06 => private(bytes)?,
        0x0f => Content::Audio(Codec::Aac),
        0x10 => Content::OtherVideo(other("mpeg4")),
        0x11 => Content::OtherAudio(other("aac_latm")),
        0x15 => Content::Data(other("timed_id3")),
        0x1b => Content::Video(Codec::H264),
        0x24 => Content::Video(Codec::Hevc),
        0x33 => Content::OtherVideo(other("vvc")),
        0x42 => Content::OtherVideo(other("cavs")),
        0x81 => Content::Audio(Codec::Ac3),
        0x82 if !hdmv => Content::Data(other("scte_27")),
        0x82 | 0x85 | 0x86 | 0x8a if hdmv || kind != 0x86 => Content::OtherAudio(other("dts")),
        0x83 => Content::OtherAudio(other("truehd")),
        0x84 | 0x87 | 0xa1 => Content::Audio(Codec::Eac3),
        0x86 => Content::Data(other("scte_35")),
        0x90 if hdmv => Content::Subtitles(Codec::Pgs),
        0xd1 => Content::OtherVideo(other("dirac")),
        0xea => Content::OtherVideo(other("vc1")),
        _ => return None,
    })
}

/// What private data are, by their descriptors [ETSI EN 300 468, 6.1 and annex D].
fn private(bytes: &[u8]) -> Option<Content> {
    for (tag, body) in descriptors(bytes) {
        let content = match tag {
            0x05 => match body.first_chunk() {
                Some(b"AC-3") => Content::Audio(Codec::Ac3),
                Some(b"EAC3") => Content::Audio(Codec::Eac3),
                Some(b"HEVC") => Content::Video(Codec::Hevc),
                Some(b"Opus") => Content::OtherAudio(other("opus")),
                Some(b"AV01") => Content::OtherVideo(other("av1")),
                Some(b"DTS1" | b"DTS2" | b"DTS3") => Content::OtherAudio(other("dts")),
                Some(b"ID3 ") => Content::Data(other("timed_id3")),
                Some(b"KLVA") => Content::Data(other("klv")),
                _ => continue,
            },
            0x46 | 0x56 => Content::Subtitles(Codec::Teletext),
            0x59 => Content::Subtitles(Codec::DvbSub),
            0x6a => Content::Audio(Codec::Ac3),
            0x7a => Content::Audio(Codec::Eac3),
            0x7b => Content::OtherAudio(other("dts")),
            0x7c => Content::OtherAudio(other("aac_latm")),
            // An extension whose own tag says AC-4.
            0x7f if body.first() == Some(&0x15) => Content::OtherAudio(other("ac4")),
            _ => continue,
        };
        return Some(content);
    }
    None
}

/// The language of a stream and what its descriptors say that it is for.
fn language(bytes: &[u8]) -> (Option<Language>, Roles) {
    let mut roles = Roles::default();
    let mut language = None;
    for (tag, body) in descriptors(bytes) {
        // Language, subtitling and teletext descriptors all begin with a language and a type.
        if !matches!(tag, 0x0a | 0x46 | 0x56 | 0x59) {
            continue;
        }
        let Some([code @ .., kind]) = body.first_chunk::<4>() else { continue };
        let code = std::str::from_utf8(code).ok();
        language = language.or_else(|| code.and_then(Language::parse));
        match (tag, kind) {
            (0x0a, 2) | (0x59, 0x20..=0x24) => roles.hearing_impaired = true,
            (0x0a, 3) => roles.visual_impaired = true,
            (0x46 | 0x56, kind) if kind >> 3 == 5 => roles.hearing_impaired = true,
            _ => {}
        }
    }
    (language, roles)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn section(table: u8, body: &[u8]) -> Vec<u8> {
        let length = u8::try_from(body.len() + 9).unwrap();
        let mut section = vec![table, 0xb0, length, 0, 1, 0xc1, 0, 0];
        section.extend_from_slice(body);
        let crc = crc(&section);
        section.extend_from_slice(&crc.to_be_bytes());
        section
    }

    #[test]
    fn sections_are_put_together_and_checked() {
        let pat = section(0, &[0, 0, 0xe0, 0x10, 0, 1, 0xe1, 0]);
        let mut payload = vec![0];
        payload.extend_from_slice(&pat);
        payload.extend_from_slice(&[0xff; 20]);
        for cut in 1..payload.len() {
            let mut sections = Sections::default();
            let mut found = Vec::new();
            sections.feed(true, &payload[..cut], |section| found.extend(programs(section)));
            sections.feed(false, &payload[cut..], |section| found.extend(programs(section)));
            assert_eq!(found, [vec![(1, 0x100)]], "{cut}");
        }
        payload[10] ^= 1;
        Sections::default().feed(true, &payload, |_| panic!("damaged"));
    }

    #[test]
    fn descriptors_tell_what_private_streams_are_and_in_which_language() {
        let mut map = vec![0xe1, 0, 0xf0, 0];
        map.extend([0x1b, 0xe1, 0, 0xf0, 0]);
        map.extend([0x06, 0xe1, 1, 0xf0, 9, 0x6a, 1, 0, 0x0a, 4, b'g', b'e', b'r', 3]);
        map.extend([0x06, 0xe1, 2, 0xf0, 7, 0x56, 5, b'e', b'n', b'g', 0x28, 0x88]);
        let program = Program::parse(&section(2, &map)).unwrap();
        assert!(program.has_video() && program.has_audio());
        assert_eq!(program.streams[1].content, Content::Audio(Codec::Ac3));
        assert_eq!(program.streams[1].language, Language::parse("de"));
        assert!(program.streams[1].roles.visual_impaired);
        assert_eq!(program.streams[2].content, Content::Subtitles(Codec::Teletext));
        assert!(program.streams[2].roles.hearing_impaired);
    }
}
