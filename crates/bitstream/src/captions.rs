//! Closed captions inside pictures: which channels of CEA-608 and which services of CEA-708 there
//! are [ANSI/SCTE 128-1, 8.1; ATSC A/53 part 4, 6.2.3]. What they say is not read.

use media::{Captions, Codec};

use crate::{
    nal,
    sei::{Messages, bodies},
};

/// `user_data_registered_itu_t_t35`
const REGISTERED: u32 = 4;
/// Country (USA), provider (ATSC), `GA94`, type `cc_data`.
const ATSC_CAPTIONS: [u8; 8] = [0xb5, 0x00, 0x31, b'G', b'A', b'9', b'4', 0x03];

/// The captions of one sample in its own framing; `None` if there are none, or only empty ones.
pub(crate) fn of_sample(codec: &Codec, config: &[u8], sample: &[u8]) -> Option<Captions> {
    let size = nal::length_size(codec, config);
    of_units(codec, nal::length_prefixed(sample, size))
}

/// The captions in the SEI units among NAL units of H.264 or HEVC.
pub fn of_units<'a>(codec: &Codec, units: impl Iterator<Item = &'a [u8]>) -> Option<Captions> {
    let mut found = Found::default();
    for body in bodies(codec, units) {
        let mut messages = Messages::new(body);
        while let Some((kind, payload)) = messages.next() {
            if kind == REGISTERED
                && let Some(data) = payload.strip_prefix(&ATSC_CAPTIONS)
            {
                found.add(data);
            }
        }
    }
    found.into_captions()
}

/// What is in either, in order.
pub fn merge(into: &mut Option<Captions>, more: Option<Captions>) {
    let Some(more) = more else { return };
    let into = into.get_or_insert(Captions { channels: Vec::new(), services: Vec::new() });
    for (all, new) in [(&mut into.channels, more.channels), (&mut into.services, more.services)] {
        all.extend(new);
        all.sort_unstable();
        all.dedup();
    }
}

#[derive(Default)]
struct Found {
    /// CC1 to CC4.
    channels: [bool; 4],
    /// Whether there was text in the first field for which no control code said the channel.
    text: bool,
    /// Services 1 to 63.
    services: u64,
}

impl Found {
    /// `cc_data()` without its type.
    fn add(&mut self, data: &[u8]) {
        const PROCESS: u8 = 0x40;
        const VALID: u8 = 4;
        let Some(([flags, _], triples)) = data.split_first_chunk() else { return };
        if flags & PROCESS == 0 {
            return;
        }
        let mut packet = Vec::new();
        for triple in triples.chunks_exact(3).take((flags & 0x1f).into()) {
            let [head, a, b] = *triple else { return };
            if head & VALID == 0 {
                continue;
            }
            match head & 3 {
                3 => {
                    self.add_packet(&packet);
                    packet = vec![a, b];
                }
                2 if !packet.is_empty() => packet.extend_from_slice(&[a, b]),
                // The rest of a packet that began in a picture before.
                2 => {}
                field => self.add_pair(field, a & 0x7f, b & 0x7f),
            }
        }
        self.add_packet(&packet);
    }

    /// Two bytes of CEA-608, without parity.
    fn add_pair(&mut self, field: u8, a: u8, b: u8) {
        match a {
            // Control codes say their channel. Those of text mode are no captions.
            0x10..=0x1f if b >= 0x20 && !(is_mode(a) && matches!(b, 0x2a | 0x2b)) => {
                let channel = usize::from(field * 2 + (a >> 3 & 1));
                if let Some(seen) = self.channels.get_mut(channel) {
                    *seen = true;
                }
            }
            // Text. In the second field it may be of data services (XDS) instead.
            0x20..=0x7f if field == 0 => self.text = true,
            _ => {}
        }
    }

    /// A packet of CEA-708, or how much of it there is: blocks of services [CEA-708, 5, 6].
    fn add_packet(&mut self, packet: &[u8]) {
        let Some((_, mut rest)) = packet.split_first() else { return };
        while let Some((head, after)) = rest.split_first() {
            let size = usize::from(head & 0x1f);
            let mut after = after;
            let mut service = head >> 5;
            if service == 7 && size > 0 {
                let Some((extended, behind)) = after.split_first() else { return };
                (service, after) = (extended & 0x3f, behind);
            }
            if service == 0 || size == 0 {
                return; // the end of the packet, or nothing in it
            }
            self.services |= 1 << service;
            rest = after.get(size..).unwrap_or_default();
        }
    }

    fn into_captions(mut self) -> Option<Captions> {
        if self.text && !self.channels[0] && !self.channels[1] {
            self.channels[0] = true;
        }
        let channels: Vec<u8> =
            (1..=4).zip(self.channels).filter(|(_, seen)| *seen).map(|(n, _)| n).collect();
        let services: Vec<u8> =
            (1..64).filter(|service| self.services >> service & 1 == 1).collect();
        let some = !channels.is_empty() || !services.is_empty();
        some.then_some(Captions { channels, services })
    }
}

/// Whether the first byte of a control code is one of those that choose a mode.
fn is_mode(a: u8) -> bool {
    matches!(a & 0x17, 0x14 | 0x15)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sample with one SEI unit that carries these triples.
    fn sample(codec: &Codec, triples: &[[u8; 3]]) -> Vec<u8> {
        let mut payload = ATSC_CAPTIONS.to_vec();
        payload.push(0x40 | u8::try_from(triples.len()).unwrap());
        payload.push(0xff);
        payload.extend(triples.as_flattened());
        payload.push(0xff);
        let mut unit = if *codec == Codec::H264 { vec![6] } else { vec![39 << 1, 1] };
        unit.extend_from_slice(&[4, u8::try_from(payload.len()).unwrap()]);
        unit.extend_from_slice(&payload);
        unit.push(0x80);
        nal::with_lengths([&unit[..], &[0x65, 1, 2]])
    }

    fn seen(triples: &[[u8; 3]]) -> Option<(Vec<u8>, Vec<u8>)> {
        let of = |codec| of_sample(&codec, &[], &sample(&codec, triples));
        assert_eq!(of(Codec::H264), of(Codec::Hevc));
        of(Codec::H264).map(|captions| (captions.channels, captions.services))
    }

    #[test]
    fn padding_is_no_caption() {
        assert_eq!(seen(&[[0xfc, 0x80, 0x80], [0xfd, 0x80, 0x80], [0xfa, 0, 0]]), None);
        assert_eq!(seen(&[]), None);
        assert_eq!(of_sample(&Codec::H264, &[], &[0, 0, 0, 2, 6, 4]), None);
    }

    #[test]
    fn control_codes_tell_the_channel() {
        assert_eq!(seen(&[[0xfc, 0x94, 0x2c]]), Some((vec![1], vec![])));
        assert_eq!(seen(&[[0xfc, 0x1c, 0x25], [0xfd, 0x15, 0x20]]), Some((vec![2, 3], vec![])));
        assert_eq!(seen(&[[0xfc, 0xc8, 0xe9]]), Some((vec![1], vec![])));
        assert_eq!(seen(&[[0xfd, 0xc8, 0xe9], [0xfc, 0x94, 0x2a]]), None);
        // Not valid.
        assert_eq!(seen(&[[0xf8, 0x94, 0x2c]]), None);
    }

    #[test]
    fn services_are_seen_in_packets() {
        let triples = [[0xff, 0x03, 0x22], [0xfe, b'a', b'b'], [0xfe, 0x41, b'c']];
        assert_eq!(seen(&triples), Some((vec![], vec![1, 2])));
        // An extended number, and a packet with nothing but an empty block.
        let triples = [[0xff, 0x02, 0xe1], [0xfe, 0x09, b'x'], [0xff, 0x01, 0x20]];
        assert_eq!(seen(&triples), Some((vec![], vec![9])));
    }

    #[test]
    fn what_several_samples_carry_is_put_together() {
        let captions =
            |channels: &[u8]| Some(Captions { channels: channels.to_vec(), services: vec![1] });
        let mut all = None;
        merge(&mut all, None);
        assert_eq!(all, None);
        merge(&mut all, captions(&[3]));
        merge(&mut all, captions(&[1, 3]));
        assert_eq!(all, captions(&[1, 3]));
    }
}
