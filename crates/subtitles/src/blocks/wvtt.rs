//! `WebVTT` in MP4 [ISO/IEC 14496-30, 7]: boxes for cues, for none, and for remarks.

use crate::{
    Cue,
    cue::{tidy_id, tidy_payload, tidy_settings},
};

/// The most cues of one sample that are read.
const MAX_CUES: usize = 100;

pub(super) fn cues(sample: &[u8], start: i64, end: i64) -> Vec<Cue> {
    boxes(sample)
        .filter(|(kind, _)| kind == b"vttc")
        .filter_map(|(_, body)| cue(body, start, end))
        .take(MAX_CUES)
        .collect()
}

fn cue(body: &[u8], start: i64, end: i64) -> Option<Cue> {
    let (mut payload, mut id, mut settings) = (String::new(), None, None);
    for (kind, body) in boxes(body) {
        let text = || String::from_utf8_lossy(body).trim_end_matches('\0').to_owned();
        match &kind {
            b"payl" => payload = text(),
            b"iden" => id = tidy_id(&text()).map(str::to_owned),
            b"sttg" => settings = tidy_settings(&text()),
            _ => {}
        }
    }
    let cue = Cue::new(start, end, tidy_payload(&payload))?;
    Some(Cue { id, settings, ..cue })
}

/// The boxes that follow each other in `bytes`, up to the first that is damaged.
pub(super) fn boxes(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (size, after) = rest.split_first_chunk::<4>()?;
        let (kind, _) = after.split_first_chunk::<4>()?;
        let size = match usize::try_from(u32::from_be_bytes(*size)).ok()? {
            // To the end.
            0 => rest.len(),
            size => size,
        };
        let body = rest.get(8..size)?;
        rest = rest.get(size..)?;
        Some((*kind, body))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_box(kind: &str, body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(8 + body.len()).unwrap();
        [&size.to_be_bytes()[..], kind.as_bytes(), body].concat()
    }

    #[test]
    fn a_sample_may_have_several_cues_or_none() {
        let one = [
            a_box("vsid", b"\0\0\0\x01"),
            a_box("iden", b"7"),
            a_box("sttg", b"line:0"),
            a_box("payl", b"<i>a</i>\n\nb"),
        ]
        .concat();
        let two = a_box("payl", b"c");
        let sample = [a_box("vttc", &one), a_box("vtta", b"remark"), a_box("vttc", &two)].concat();
        let cues = cues(&sample, 0, 1_000);
        assert_eq!(cues.len(), 2);
        assert_eq!(cues[0].id.as_deref(), Some("7"));
        assert_eq!(cues[0].settings.as_deref(), Some("line:0"));
        assert_eq!(cues[0].payload, "<i>a</i>\nb");
        assert_eq!(cues[1].payload, "c");
        assert!(super::cues(&a_box("vtte", b""), 0, 1_000).is_empty());
        assert!(super::cues(b"\0\0\0\x03vttc", 0, 1_000).is_empty());
    }
}
