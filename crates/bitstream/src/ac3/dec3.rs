//! The configuration record of Enhanced AC-3, `EC3SpecificBox` [ETSI TS 102 366, F.6; ETSI TS 103
//! 420, C.3].

use super::{Coding, Header, Kind, SAMPLES};
use crate::bits::{BitWriter, Bits};

/// The body of `dec3`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Dec3 {
    /// Kilobits a second of all substreams.
    pub data_rate: u16,
    /// The independent substreams, 1 to 8: programmes.
    pub independent: Vec<Independent>,
    /// How complex the objects of Dolby Atmos are, if it is that.
    pub joint_objects: Option<u8>,
}

/// One independent substream.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Independent {
    /// What its frames say.
    pub coding: Coding,
    /// How many dependent substreams it has.
    pub dependent: u8,
    /// The channels of these beyond 5.1: from bit 0 on Lc/Rc, Lrs/Rrs, Cs, Ts, Lsd/Rsd, Lw/Rw,
    /// Lvh/Rvh, Cvh, LFE2.
    pub more_channels: u16,
}

impl Independent {
    /// Channels as they are heard with its dependent substreams.
    pub fn channels(&self) -> u16 {
        const COUNTS: [u16; 9] = [2, 2, 1, 1, 2, 2, 2, 1, 1];
        let added = COUNTS.iter().enumerate().filter(|(at, _)| self.more_channels >> at & 1 == 1);
        self.coding.channels() + added.map(|(_, count)| count).sum::<u16>()
    }
}

impl Dec3 {
    /// From its bytes.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(body);
        let mut record = Self { data_rate: u16::try_from(bits.read(13)?).ok()?, ..Self::default() };
        for _ in 0..=bits.read(3)? {
            let Some(independent) = parse_independent(&mut bits) else { break };
            record.independent.push(independent);
        }
        if let Some([extension, complexity]) = body.get(bits.position() / 8..)?.first_chunk()
            && extension & 1 == 1
        {
            record.joint_objects = Some(*complexity);
        }
        Some(record)
    }

    /// For a stream that begins with these frames.
    pub fn of_frames(mut frames: &[u8]) -> Option<Self> {
        let mut record = Self::default();
        // Of each independent substream, how many samples have been seen.
        let mut seen = 0_u32;
        let mut bytes = 0_u64;
        let mut rate = 0_u64;
        while let Some(header) = Header::parse(frames) {
            let begins = header.kind != Kind::Dependent && header.substream == 0;
            if !header.is_eac3 || begins && seen >= SAMPLES {
                break;
            }
            if begins {
                seen += header.samples;
                rate = header.sample_rate.into();
            }
            bytes += u64::try_from(header.frame_len).unwrap_or(0);
            record.add(&header);
            record.joint_objects = record.joint_objects.or(header.joint_objects);
            frames = frames.get(header.frame_len..).unwrap_or_default();
        }
        if record.independent.is_empty() {
            return None;
        }
        let kilobits = bytes * 8 * rate / u64::from(seen.max(1)) / 1000;
        record.data_rate = u16::try_from(kilobits.min(0x1fff)).unwrap_or(0);
        Some(record)
    }

    fn add(&mut self, header: &Header) {
        if header.kind == Kind::Dependent {
            let Some(parent) = self.independent.last_mut() else { return };
            parent.dependent = parent.dependent.max(header.substream + 1);
            let map = header.channel_map.unwrap_or(0);
            // Channel map: Lc/Rc is the sixth from above, Cvh the thirteenth, LFE2 the fifteenth.
            for channel in 0..8 {
                parent.more_channels |= (map >> (10 - channel) & 1) << channel;
            }
            parent.more_channels |= (map >> 1 & 1) << 8;
        } else if self.independent.len() == usize::from(header.substream) {
            self.independent.push(Independent { coding: header.coding, ..Independent::default() });
        }
    }

    /// Its bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let independent = self.independent.get(..8).unwrap_or(&self.independent);
        let mut bits = BitWriter::default();
        bits.put(13, self.data_rate.into());
        bits.put(3, u32::try_from(independent.len().saturating_sub(1)).unwrap_or(0));
        for substream in independent {
            let Coding { fscod, bsid, bsmod, acmod, lfeon } = substream.coding;
            bits.put(2, fscod.into());
            bits.put(5, bsid.into());
            bits.put(2, 0); // reserved, asvc: no associated service
            bits.put(3, bsmod.into());
            bits.put(3, acmod.into());
            bits.put(1, lfeon.into());
            bits.put(3, 0);
            bits.put(4, substream.dependent.into());
            if substream.dependent > 0 {
                bits.put(9, substream.more_channels.into());
            } else {
                bits.put(1, 0);
            }
        }
        bits.align();
        if let Some(complexity) = self.joint_objects {
            bits.put(8, 1);
            bits.put(8, complexity.into());
        }
        bits.into_bytes()
    }
}

fn parse_independent(bits: &mut Bits) -> Option<Independent> {
    let (fscod, bsid) = (bits.byte(2)?, bits.byte(5)?);
    bits.skip(2)?; // reserved, asvc
    let (bsmod, acmod, lfeon) = (bits.byte(3)?, bits.byte(3)?, bits.flag()?);
    bits.skip(3)?;
    let dependent = bits.byte(4)?;
    let more_channels = if dependent > 0 {
        bits.read(9)?
    } else {
        bits.skip(1)?;
        0
    };
    let coding = Coding { fscod, bsid, bsmod, acmod, lfeon };
    Some(Independent { coding, dependent, more_channels: u16::try_from(more_channels).ok()? })
}
