//! Decoder configuration records from parameter sets, for streams that carry them among their
//! pictures.

use media::Codec;

use crate::{h264, hevc, nal};

/// `avcC` [ISO/IEC 14496-15, 5.3.3.1] from NAL units of sequence and picture parameter sets; empty
/// without a sequence parameter set. Lengths before NAL units have four bytes.
pub fn avcc(sps: &[&[u8]], pps: &[&[u8]]) -> Vec<u8> {
    // More do not fit the fields that count them, and no stream has as many.
    let sps: Vec<_> = sps.iter().filter(|unit| unit.len() >= 4).take(31).collect();
    let pps: Vec<_> = pps.iter().filter(|unit| !unit.is_empty()).take(255).collect();
    let Some([_, profile, constraints, level]) = sps.first().and_then(|unit| unit.first_chunk())
    else {
        return Vec::new();
    };
    let mut out = vec![1, *profile, *constraints, *level, 0xff];
    out.push(0xe0 | u8::try_from(sps.len()).unwrap_or(31));
    put_units(&mut out, sps.iter().copied());
    out.push(u8::try_from(pps.len()).unwrap_or(u8::MAX));
    put_units(&mut out, pps.iter().copied());
    if h264::is_high(*profile)
        && let Some(sps) = sps.iter().find_map(|unit| h264::Sps::parse(unit))
    {
        out.push(0xfc | sps.chroma_format);
        out.push(0xf8 | (sps.bit_depth_luma - 8) & 7);
        out.push(0xf8 | (sps.bit_depth_chroma - 8) & 7);
        out.push(0); // sequence parameter set extensions
    }
    out
}

/// `hvcC` [ISO/IEC 14496-15, 8.3.3.1] from NAL units of parameter sets; empty if no sequence
/// parameter set can be read. Lengths before NAL units have four bytes. The parameter sets are
/// stated to be complete, as `hvc1` demands.
pub fn hvcc(vps: &[&[u8]], sps: &[&[u8]], pps: &[&[u8]]) -> Vec<u8> {
    let Some((set, general)) = sps.iter().find_map(|unit| {
        let set = hevc::Sps::parse(unit)?;
        // Two bytes of header and one before the profile.
        let general: [u8; 12] = *nal::unescape(unit, 32).get(3..)?.first_chunk()?;
        Some((set, general))
    }) else {
        return Vec::new();
    };
    let mut out = vec![1];
    out.extend_from_slice(&general);
    out.extend_from_slice(&[0xf0, 0]); // min_spatial_segmentation_idc: nothing is promised
    out.push(0xfc); // parallelismType: unknown
    out.push(0xfc | set.chroma_format);
    out.push(0xf8 | (set.bit_depth_luma - 8) & 7);
    out.push(0xf8 | (set.bit_depth_chroma - 8) & 7);
    out.extend_from_slice(&[0, 0]); // avgFrameRate: not stated
    out.push((set.sub_layers & 7) << 3 | u8::from(set.nested) << 2 | 3);
    let arrays = [(hevc::VPS, vps), (hevc::SPS, sps), (hevc::PPS, pps)];
    let arrays: Vec<_> = arrays.iter().filter(|(_, units)| !units.is_empty()).collect();
    out.push(u8::try_from(arrays.len()).unwrap_or(0));
    for (kind, units) in arrays {
        let count = u16::try_from(units.len()).unwrap_or(u16::MAX);
        out.push(0x80 | kind);
        out.extend_from_slice(&count.to_be_bytes());
        put_units(&mut out, units.iter().take(count.into()));
    }
    out
}

/// A record with the parameter sets of a sample, if it has none itself. Lengths before NAL units
/// stay as long as they are.
pub(crate) fn complete(codec: &Codec, config: &[u8], sample: &[u8]) -> Option<Vec<u8>> {
    let hevc = *codec == Codec::Hevc;
    let has_sps = if hevc {
        hevc::Record::parse(config)?.units(hevc::SPS).next().is_some()
    } else {
        !h264::Record::parse(config)?.sps.is_empty()
    };
    if has_sps {
        return None;
    }
    let size = nal::length_size(codec, config);
    let units: Vec<_> = nal::length_prefixed(sample, size).collect();
    let of = |kind| -> Vec<&[u8]> {
        let unit_type = if hevc { hevc::unit_type } else { h264::unit_type };
        units.iter().copied().filter(|unit| unit_type(unit) == Some(kind)).collect()
    };
    let mut record = if hevc {
        hvcc(&of(hevc::VPS), &of(hevc::SPS), &of(hevc::PPS))
    } else {
        avcc(&of(h264::SPS), &of(h264::PPS))
    };
    let lengths = record.get_mut(if hevc { 21 } else { 4 })?;
    *lengths = *lengths & 0xfc | u8::try_from(size - 1).ok()? & 3;
    Some(record)
}

/// Each unit behind its length in two bytes. No parameter set is longer than fits.
fn put_units<'a>(out: &mut Vec<u8>, units: impl IntoIterator<Item = &'a &'a [u8]>) {
    for unit in units {
        let length = u16::try_from(unit.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&length.to_be_bytes());
        out.extend(unit.iter().take(length.into()));
    }
}
