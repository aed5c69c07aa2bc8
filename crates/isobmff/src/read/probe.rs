//! The few looks into the media themselves: what kind of pictures key samples are, the layer of
//! MPEG audio, closed captions.

use bitstream::RandomAccess;
use media::{Budget, Captions, Codec, Exhausted, Raw, Source, read_exact_at};

/// Bytes that tell what kind of picture a sample is.
const HEAD: u32 = 512;
/// Looks at key samples of a track that is marked well.
const LOOKS: usize = 2_000;
/// Looks at samples of a track that is marked badly.
const LOOKS_AT_ALL: usize = 100_000;

/// The first bytes of a sample, up to a number.
fn head(source: &dyn Source, sample: &Raw, most: u32) -> Option<Vec<u8>> {
    let mut bytes = vec![0; sample.size.min(most) as usize];
    read_exact_at(source, &mut bytes, sample.offset).ok()?;
    Some(bytes)
}

/// Looks at the pictures of one track.
pub(super) struct Pictures<'a> {
    pub source: &'a dyn Source,
    pub codec: &'a Codec,
    pub config: &'a [u8],
    pub budget: &'a Budget<'a>,
}

impl Pictures<'_> {
    fn kind(&self, sample: &Raw) -> Option<RandomAccess> {
        head(self.source, sample, HEAD)
            .map(|head| bitstream::random_access(self.codec, self.config, &head))
    }

    /// Makes sure that key samples are key samples, and finds out which are closed. Returns
    /// whether what the file says of them was wrong.
    pub(super) fn check_keys(&self, samples: &mut [Raw]) -> Result<bool, Exhausted> {
        if !matches!(self.codec, Codec::H264 | Codec::Hevc | Codec::Av1 | Codec::Vp8 | Codec::Vp9) {
            return Ok(false);
        }
        let none = samples.iter().all(|sample| !sample.key);
        let lie = none || (samples.iter().all(|sample| sample.key) && self.some_are_not(samples));
        if lie {
            self.look_at_all(samples)?;
        } else {
            self.look_at_leaders(samples)?;
        }
        Ok(lie && samples.len() > 1)
    }

    /// Whether one of a handful of samples, all marked as key, is none.
    fn some_are_not(&self, samples: &[Raw]) -> bool {
        let (last, step) = (samples.len().saturating_sub(1), (samples.len() / 5).max(1));
        let handful = (1..4).chain((step..last).step_by(step)).chain([last]);
        handful
            .filter_map(|number| samples.get(number))
            .any(|sample| self.kind(sample) == Some(RandomAccess::No))
    }

    fn look_at_all(&self, samples: &mut [Raw]) -> Result<(), Exhausted> {
        for (number, sample) in samples.iter_mut().enumerate() {
            if number % 256 == 0 {
                self.budget.time()?;
            }
            let kind = if number < LOOKS_AT_ALL { self.kind(sample) } else { None };
            sample.key = matches!(kind, Some(RandomAccess::Closed | RandomAccess::Open));
            sample.closed = kind == Some(RandomAccess::Closed);
        }
        // Better a first picture that may be broken than none at all.
        if let Some(first) = samples.first_mut().filter(|first| !first.key) {
            first.key = true;
        }
        Ok(())
    }

    /// Looks at those key samples that others precede in presentation but not in decoding.
    fn look_at_leaders(&self, samples: &mut [Raw]) -> Result<(), Exhausted> {
        if !matches!(self.codec, Codec::H264 | Codec::Hevc) {
            return Ok(());
        }
        let mut led = Vec::new();
        let mut earliest = i64::MAX;
        for (number, sample) in samples.iter().enumerate().rev() {
            if sample.key {
                if earliest < sample.time {
                    led.push(number);
                }
                earliest = i64::MAX;
            } else {
                earliest = earliest.min(sample.time);
            }
        }
        for (looks, number) in led.into_iter().rev().take(LOOKS).enumerate() {
            if looks % 256 == 0 {
                self.budget.time()?;
            }
            if let Some(sample) = samples.get_mut(number) {
                sample.closed = self.kind(sample) == Some(RandomAccess::Closed);
            }
        }
        Ok(())
    }

    /// The closed captions in the first pictures.
    pub(super) fn captions(&self, samples: &[Raw]) -> Option<Captions> {
        const PICTURES: usize = 30;
        const BYTES: u32 = 512 << 10;
        if !matches!(self.codec, Codec::H264 | Codec::Hevc) {
            return None;
        }
        let mut left = BYTES;
        let mut found: Option<Captions> = None;
        for sample in samples.iter().take(PICTURES) {
            let Some(rest) = left.checked_sub(sample.size) else { break };
            left = rest;
            let Some(bytes) = head(self.source, sample, BYTES) else { break };
            if let Some(captions) = bitstream::captions(self.codec, self.config, &bytes) {
                let all = found.get_or_insert(Captions { channels: vec![], services: vec![] });
                all.channels.extend(captions.channels);
                all.services.extend(captions.services);
            }
        }
        if let Some(captions) = &mut found {
            for numbers in [&mut captions.channels, &mut captions.services] {
                numbers.sort_unstable();
                numbers.dedup();
            }
        }
        found
    }
}

/// The layer of MPEG audio, from the header of its first frame [ISO/IEC 11172-3, 2.4.1.3].
pub(super) fn mpeg_audio(source: &dyn Source, samples: &[Raw]) -> Option<Codec> {
    match *head(source, samples.first()?, 4)? {
        [0xFF, second, ..] if second & 0xE0 == 0xE0 => match second >> 1 & 3 {
            1 => Some(Codec::Mp3),
            2 | 3 => Some(Codec::Mp2),
            _ => None,
        },
        _ => None,
    }
}
