//! The few boxes that say when a segment's samples are decoded, and where they lie
//! [ISO/IEC 14496-12, 8.8].

use std::ops::Range;

/// What a segment says of its one track.
#[derive(Clone, Debug, Default)]
pub(super) struct Segment {
    /// Decode time of the first sample, in ticks.
    pub(super) decode: u64,
    /// What the durations of its samples add up to.
    pub(super) lasts: u64,
    pub(super) samples: usize,
    /// What the sizes of its samples add up to, and what its `mdat` boxes hold.
    sizes: (u64, u64),
    /// Where its samples lie, in rows without an interruption.
    rows: Vec<Range<u64>>,
    /// Where its `mdat` boxes lie.
    media: Vec<Range<u64>>,
    /// What was wrong.
    pub(super) wrong: Vec<String>,
}

impl Segment {
    /// Each sample lies in `mdat`, none in another or before the one that it follows; what is in
    /// `mdat` beside them is no more than one byte in `slack` of theirs.
    fn judge_rows(&mut self, slack: u64) {
        let outside = |row: &&Range<u64>| {
            !self.media.iter().any(|media| media.start <= row.start && row.end <= media.end)
        };
        if let Some(row) = self.rows.iter().find(outside) {
            self.wrong.push(format!("samples at {row:?} are not in its mdat"));
        }
        for pair in self.rows.windows(2) {
            if pair[1].start < pair[0].end {
                self.wrong.push(format!("samples at {:?} follow those at {:?}", pair[1], pair[0]));
            }
        }
        let (samples, media) = self.sizes;
        if media < samples || media - samples > samples / slack {
            self.wrong.push(format!("its samples have {samples} bytes, and its mdat {media}"));
        }
    }
}

/// The timescale of the one track of an init segment, and the default duration and size of its
/// samples (`trex`).
pub(super) fn init(bytes: &[u8]) -> Option<(u32, u32, u32)> {
    let moov = inside(bytes, *b"moov")?;
    let mdhd = inside(inside(inside(moov, *b"trak")?, *b"mdia")?, *b"mdhd")?;
    let scale = if *mdhd.first()? == 1 { word(mdhd, 20)? } else { word(mdhd, 12)? };
    let trex = inside(inside(moov, *b"mvex")?, *b"trex")?;
    Some((scale, word(trex, 12)?, word(trex, 16)?))
}

/// Reads a segment of one track; `trex` are the defaults of its init segment, `slack` how much may
/// lie between its samples: one byte in so many of theirs.
pub(super) fn segment(bytes: &[u8], trex: (u32, u32), slack: u64) -> Segment {
    let mut found = Segment::default();
    let mut fragments = 0;
    let mut at = 0;
    for (name, body) in boxes(bytes) {
        let end = at + 8 + body.len() as u64;
        match &name {
            b"mdat" => {
                found.sizes.1 += body.len() as u64;
                found.media.push(at + 8..end);
            }
            b"moof" => {
                if fragment(body, at, trex, fragments, &mut found).is_none() {
                    found.wrong.push("a moof box cannot be read".into());
                }
                fragments += 1;
            }
            _ => {}
        }
        at = end;
    }
    if fragments == 0 {
        found.wrong.push("there is no moof box".into());
    }
    found.judge_rows(slack);
    let whole: usize = boxes(bytes).map(|(_, body)| body.len() + 8).sum();
    if whole != bytes.len() {
        found.wrong.push(format!("its boxes are {whole} bytes long, and it {}", bytes.len()));
    }
    found
}

fn fragment(
    moof: &[u8],
    begin: u64,
    trex: (u32, u32),
    number: usize,
    found: &mut Segment,
) -> Option<()> {
    let traf = inside(moof, *b"traf")?;
    let tfhd = inside(traf, *b"tfhd")?;
    let flags = word(tfhd, 0)? & 0xff_ffff;
    let (mut at, mut defaults) = (8, trex);
    for (flag, length) in [(1, 8), (2, 4), (8, 4), (16, 4)] {
        if flags & flag != 0 {
            match flag {
                8 => defaults.0 = word(tfhd, at)?,
                16 => defaults.1 = word(tfhd, at)?,
                _ => {}
            }
            at += length;
        }
    }
    let tfdt = inside(traf, *b"tfdt")?;
    let decode = if *tfdt.first()? == 1 {
        u64::from(word(tfdt, 4)?) << 32 | u64::from(word(tfdt, 8)?)
    } else {
        u64::from(word(tfdt, 4)?)
    };
    if number == 0 {
        found.decode = decode;
    } else if decode != found.decode + found.lasts {
        found
            .wrong
            .push(format!("fragment {} does not begin where the one before ends", number + 1));
    }
    if decode > i64::MAX.cast_unsigned() {
        found.wrong.push(format!("its decode time is negative: {}", decode.cast_signed()));
    }
    for (_, trun) in boxes(traf).filter(|(name, _)| name == b"trun") {
        let (flags, count) = (word(trun, 0)? & 0xff_ffff, word(trun, 4)?);
        let mut row = (flags & 1 != 0).then(|| begin + u64::from(word(trun, 8).unwrap_or(0)));
        let from = row;
        let mut at = 8 + [1, 4].iter().filter(|flag| flags & *flag != 0).count() * 4;
        for _ in 0..count {
            let (mut lasts, mut size) = defaults;
            for flag in [0x100, 0x200, 0x400, 0x800] {
                if flags & flag != 0 {
                    match flag {
                        0x100 => lasts = word(trun, at)?,
                        0x200 => size = word(trun, at)?,
                        _ => {}
                    }
                    at += 4;
                }
            }
            found.lasts += u64::from(lasts);
            found.sizes.0 += u64::from(size);
            found.samples += 1;
            row = row.map(|at| at + u64::from(size));
        }
        match (from, row) {
            (Some(from), Some(to)) => found.rows.push(from..to),
            _ => found.wrong.push("a trun box does not say where its samples are".into()),
        }
    }
    Some(())
}

fn boxes(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let size = usize::try_from(word(rest, 0)?).ok()?;
        let name = rest.get(4..8)?.try_into().ok()?;
        let body = rest.get(8..size)?;
        rest = &rest[size..];
        Some((name, body))
    })
}

fn inside(bytes: &[u8], name: [u8; 4]) -> Option<&[u8]> {
    boxes(bytes).find(|(found, _)| *found == name).map(|(_, body)| body)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
