//! Cues of `WebVTT` as samples of MP4 [ISO/IEC 14496-30, 7.4].

use super::bytes::Out;

/// The sample of a stretch of time in which these cues are shown, each with its identifier, its
/// settings and its text; the empty sample if there is none.
pub fn wvtt_sample(cues: &[(Option<&str>, Option<&str>, &str)]) -> Vec<u8> {
    let mut out = Out::default();
    if cues.is_empty() {
        out.boxed(*b"vtte", |_| ());
    }
    for (id, settings, payload) in cues {
        out.boxed(*b"vttc", |out| {
            for (kind, text) in [(*b"iden", *id), (*b"sttg", *settings)] {
                if let Some(text) = text.filter(|text| !text.is_empty()) {
                    out.boxed(kind, |out| out.put(text.as_bytes()));
                }
            }
            out.boxed(*b"payl", |out| out.put(payload.as_bytes()));
        });
    }
    out.into_bytes()
}
