//! Vorbis: its three headers in Xiph lacing, as Matroska keeps them [Vorbis I specification, 4.2].

use media::Audio;

use crate::{Described, rfc6381};

/// The packets in Xiph lacing: how many but one, the lengths of all but the last, the packets.
pub fn xiph_packets(config: &[u8]) -> Option<Vec<&[u8]>> {
    let (count, mut rest) = config.split_first()?;
    let mut lengths = Vec::with_capacity((*count).into());
    for _ in 0..*count {
        let mut length = 0_usize;
        loop {
            let (byte, after) = rest.split_first()?;
            rest = after;
            length += usize::from(*byte);
            if *byte != 255 {
                break;
            }
        }
        lengths.push(length);
    }
    let mut packets = Vec::with_capacity(lengths.len() + 1);
    for length in lengths {
        let (packet, after) = rest.split_at_checked(length)?;
        packets.push(packet);
        rest = after;
    }
    packets.push(rest);
    Some(packets)
}

/// Channels and rate of an identification header.
fn identification(header: &[u8]) -> Option<(u8, u32)> {
    let body = header.strip_prefix(b"\x01vorbis")?;
    let [_, _, _, _, channels, r0, r1, r2, r3] = *body.first_chunk()?;
    Some((channels, u32::from_le_bytes([r0, r1, r2, r3])))
}

pub(crate) fn describe(config: &[u8]) -> Described {
    let packets = xiph_packets(config).unwrap_or_default();
    let said = packets.first().and_then(|header| identification(header));
    Described {
        codec_string: rfc6381::plain(&media::Codec::Vorbis).map(str::to_owned),
        audio: said.map(|(channels, sample_rate)| Audio {
            sample_rate,
            channels: channels.into(),
            ..Audio::default()
        }),
        coded_rate: said.map(|(_, rate)| rate),
        ..Described::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_three_headers_tells_rate_and_channels() {
        let mut config = vec![2, 30, 255, 1];
        config.extend_from_slice(b"\x01vorbis\0\0\0\0\x02\x44\xac\0\0");
        config.resize(4 + 30 + 256 + 9, 0);
        let packets = xiph_packets(&config).unwrap();
        assert_eq!(packets.iter().map(|packet| packet.len()).collect::<Vec<_>>(), [30, 256, 9]);
        let audio = describe(&config).audio.unwrap();
        assert_eq!((audio.sample_rate, audio.channels), (44_100, 2));
        assert_eq!(xiph_packets(&config[..100]), None);
    }
}
