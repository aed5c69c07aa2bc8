//! Supplemental enhancement information, alike in H.264 and HEVC [Rec. ITU-T H.274; Rec. ITU-T
//! H.264, D; Rec. ITU-T H.265, D].

use media::Codec;

use crate::{bits::Bits, h264, hevc, nal};

const RECOVERY_POINT: u32 = 6;
const MASTERING_DISPLAY: u32 = 137;
const LIGHT_LEVEL: u32 = 144;
const ALTERNATIVE_TRANSFER: u32 = 147;

/// No SEI unit that is of interest is longer; what comes after is not looked at.
const LIMIT: usize = 1 << 16;

/// The messages of a NAL unit without its header, emulation prevention still in it.
pub(crate) struct Messages {
    payload: Vec<u8>,
    at: usize,
}

impl Messages {
    pub(crate) fn new(body: &[u8]) -> Self {
        Self { payload: nal::unescape(body, LIMIT), at: 0 }
    }

    /// Type and payload of the next message; a payload that is cut off is as long as there is.
    pub(crate) fn next(&mut self) -> Option<(u32, &[u8])> {
        // What is left at the end are the trailing bits.
        if self.payload.len().saturating_sub(self.at) < 3 {
            return None;
        }
        let kind = self.number()?;
        let size = usize::try_from(self.number()?).ok()?;
        let begin = self.at;
        self.at = begin.saturating_add(size).min(self.payload.len());
        Some((kind, self.payload.get(begin..self.at)?))
    }

    fn number(&mut self) -> Option<u32> {
        let mut number = 0_u32;
        loop {
            let byte = *self.payload.get(self.at)?;
            self.at += 1;
            number = number.checked_add(byte.into())?;
            if byte != 0xff {
                return Some(number);
            }
        }
    }
}

/// `recovery_frame_cnt` of a recovery point of H.264 [D.1.8].
pub(crate) fn recovery_frames(body: &[u8]) -> Option<u32> {
    let mut messages = Messages::new(body);
    while let Some((kind, payload)) = messages.next() {
        if kind == RECOVERY_POINT {
            return Bits::new(payload).ue();
        }
    }
    None
}

/// The bodies of the SEI units among these.
pub(crate) fn bodies<'a>(
    codec: &Codec,
    units: impl Iterator<Item = &'a [u8]>,
) -> impl Iterator<Item = &'a [u8]> {
    let hevc = *codec == Codec::Hevc;
    units.filter_map(move |unit| {
        if hevc {
            let is = matches!(hevc::unit_type(unit)?, hevc::PREFIX_SEI | hevc::SUFFIX_SEI);
            unit.get(2..).filter(|_| is)
        } else {
            unit.get(1..).filter(|_| h264::unit_type(unit) == Some(h264::SEI))
        }
    })
}

/// What SEI messages say of high dynamic range.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct HighDynamicRange {
    /// The mastering display, as the body of an `mdcv` box.
    pub mastering: Option<Vec<u8>>,
    /// The content's light level, as the body of a `clli` box.
    pub light_level: Option<Vec<u8>>,
    /// The transfer characteristics that those who know them prefer: 18 for HLG that says BT.2020
    /// in its parameter set.
    pub transfer: Option<u8>,
}

impl HighDynamicRange {
    /// From the SEI units of a sample (H.264 and HEVC, length-prefixed).
    pub fn of_sample(codec: &Codec, config: &[u8], sample: &[u8]) -> Self {
        if !matches!(codec, Codec::H264 | Codec::Hevc) {
            return Self::default();
        }
        let size = nal::length_size(codec, config);
        Self::of_units(codec, nal::length_prefixed(sample, size))
    }

    /// From the SEI units among NAL units of H.264 or HEVC.
    pub fn of_units<'a>(codec: &Codec, units: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut found = Self::default();
        for body in bodies(codec, units) {
            let mut messages = Messages::new(body);
            while let Some((kind, payload)) = messages.next() {
                // Both boxes are laid out like the messages.
                match kind {
                    MASTERING_DISPLAY => {
                        found.mastering = payload.get(..24).map(<[u8]>::to_vec).or(found.mastering);
                    }
                    LIGHT_LEVEL => {
                        found.light_level =
                            payload.get(..4).map(<[u8]>::to_vec).or(found.light_level);
                    }
                    ALTERNATIVE_TRANSFER => {
                        found.transfer = payload.first().copied().or(found.transfer);
                    }
                    _ => {}
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_follow_one_another_and_may_be_cut_off() {
        let mut body = vec![0xff, 0x02, 2, 7, 8, 5, 3, 1, 2, 3, 0x80];
        let mut messages = Messages::new(&body);
        assert_eq!(messages.next(), Some((257, &[7, 8][..])));
        assert_eq!(messages.next(), Some((5, &[1, 2, 3][..])));
        assert_eq!(messages.next(), None);
        body.truncate(8);
        let mut messages = Messages::new(&body);
        messages.next();
        assert_eq!(messages.next(), Some((5, &[1][..])));
        assert_eq!(Messages::new(&[0xff; 50]).next(), None);
    }
}
