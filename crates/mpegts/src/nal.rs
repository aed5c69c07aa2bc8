//! What NAL units are for [Rec. ITU-T H.264, Table 7-1; Rec. ITU-T H.265, Table 7-1].

/// Which coding the units are of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    H264,
    Hevc,
}

/// What a unit is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Role {
    /// Begins an access unit and holds nothing else.
    Delimiter,
    /// A parameter set.
    Sets,
    /// Information that comes before the slices.
    Information,
    /// Something else that only comes before the slices.
    Prefix,
    /// A slice of the picture itself.
    Slice,
    /// Nothing.
    Filler,
    /// Something that belongs to the picture that is being read.
    Other,
}

impl Role {
    /// Whether such units stay in samples.
    pub(crate) fn is_kept(self, in_band: bool) -> bool {
        match self {
            Self::Delimiter | Self::Filler => false,
            Self::Sets => in_band,
            _ => true,
        }
    }
}

impl Kind {
    /// The type of a unit.
    pub(crate) fn unit_type(self, first: u8) -> u8 {
        match self {
            Self::H264 => first & 0x1f,
            Self::Hevc => first >> 1 & 0x3f,
        }
    }

    /// Whether a unit that begins with a byte holds pixels.
    pub(crate) fn is_slice(self) -> fn(u8) -> bool {
        match self {
            Self::H264 => |first| matches!(first & 0x1f, 1..=5 | 19..=21),
            Self::Hevc => |first| first >> 1 & 0x3f < 32,
        }
    }

    /// What a unit is for.
    pub(crate) fn role(self, unit: &[u8]) -> Role {
        let Some(first) = unit.first() else { return Role::Other };
        let layer = match (self, unit.get(1)) {
            (Self::Hevc, Some(second)) => (first & 1) << 5 | second >> 3,
            // Not even a whole header.
            (Self::Hevc, None) => return Role::Filler,
            _ => 0,
        };
        match (self, self.unit_type(*first)) {
            (Self::H264, 9) | (Self::Hevc, 35) => Role::Delimiter,
            (Self::H264, 12) | (Self::Hevc, 38) => Role::Filler,
            (Self::Hevc, _) if layer != 0 => Role::Other,
            (Self::H264, 7 | 8) | (Self::Hevc, 32..=34) => Role::Sets,
            (Self::H264, 6) | (Self::Hevc, 39) => Role::Information,
            (Self::H264, 14..=18) | (Self::Hevc, 41..=44 | 48..=55) => Role::Prefix,
            (Self::H264, 1 | 2 | 5) | (Self::Hevc, 0..=31) => Role::Slice,
            _ => Role::Other,
        }
    }

    /// Whether a unit of information says that decoding can begin here, at once: a recovery point
    /// (payload type 6) without frames to wait for [Rec. ITU-T H.264, D.1.8].
    pub(crate) fn is_recovery_point(self, unit: &[u8]) -> bool {
        let Some(mut rest) = unit.get(1..).filter(|_| self == Self::H264) else { return false };
        let number = |rest: &mut &[u8]| {
            let mut sum = 0_usize;
            while let Some((byte, after)) = rest.split_first() {
                *rest = after;
                sum += usize::from(*byte);
                if *byte != 0xff {
                    return Some(sum);
                }
            }
            None
        };
        while rest.len() > 2 {
            let (Some(kind), Some(length)) = (number(&mut rest), number(&mut rest)) else { break };
            if kind == 6 {
                // recovery_frame_cnt is 0 if its first bit is set.
                return rest.first().is_some_and(|byte| byte & 0x80 != 0);
            }
            rest = rest.get(length..).unwrap_or_default();
        }
        false
    }
}
