//! Cues to `WebVTT`.

use std::ops::Range;

use crate::{
    Cue, Document,
    cue::{tidy_id, tidy_payload, tidy_settings},
    time,
};

impl Document {
    /// A file with the cues that are shown at some time of `window`, in microseconds; see
    /// [`webvtt()`].
    pub fn webvtt(&self, window: Range<i64>, timestamp_map: Option<u64>) -> String {
        write(&self.header, &self.cues, &window, timestamp_map)
    }
}

/// A file with those cues that are shown at some time of `window` (half-open, in microseconds).
///
/// They keep their times: a cue that is shown in two segments is in both, as HLS wants it
/// (RFC 8216bis 3.1.4). `timestamp_map` is the time of 90 kHz at which zero is in the other
/// renditions, where they are transport streams.
pub fn webvtt(cues: &[Cue], window: Range<i64>, timestamp_map: Option<u64>) -> String {
    write("", cues, &window, timestamp_map)
}

fn write(header: &str, cues: &[Cue], window: &Range<i64>, timestamp_map: Option<u64>) -> String {
    let shown = |cue: &&Cue| cue.start < window.end && cue.end > window.start;
    let size: usize = cues.iter().filter(shown).map(|cue| cue.payload.len() + 64).sum();
    let mut out = String::with_capacity(64 + header.len() + size);
    out.push_str("WEBVTT\n");
    if let Some(map) = timestamp_map {
        out.push_str("X-TIMESTAMP-MAP=MPEGTS:");
        out.push_str(&map.to_string());
        out.push_str(",LOCAL:00:00:00.000\n");
    }
    out.push('\n');
    out.push_str(header);
    for cue in cues.iter().filter(shown) {
        let payload = tidy_payload(&cue.payload);
        if payload.is_empty() {
            continue;
        }
        if let Some(id) = cue.id.as_deref().and_then(tidy_id) {
            out.push_str(id);
            out.push('\n');
        }
        time::write(&mut out, cue.start);
        out.push_str(" --> ");
        // However short, it has to end after it begins.
        let least = time::millis(cue.start).saturating_add(1).saturating_mul(1000);
        time::write(&mut out, cue.end.max(least));
        if let Some(settings) = cue.settings.as_deref().and_then(tidy_settings) {
            out.push(' ');
            out.push_str(&settings);
        }
        out.push('\n');
        out.push_str(&payload);
        out.push_str("\n\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue(start: i64, end: i64, payload: &str) -> Cue {
        Cue {
            start: start * 1_000,
            end: end * 1_000,
            payload: payload.to_owned(),
            ..Cue::default()
        }
    }

    #[test]
    fn a_window_has_every_cue_that_is_shown_in_it_at_its_own_times() {
        let cues =
            [cue(0, 6_000, "before"), cue(5_000, 7_000, "across"), cue(12_000, 13_000, "after")];
        assert_eq!(
            webvtt(&cues, 6_000_000..12_000_000, Some(900_000)),
            "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n\
             00:00:05.000 --> 00:00:07.000\nacross\n\n"
        );
        assert_eq!(webvtt(&cues, 20_000_000..26_000_000, None), "WEBVTT\n\n");
    }

    #[test]
    fn nothing_in_a_cue_ends_it_early() {
        let mut evil = cue(0, 0, "a\n\n1 --> 2\r\r\nb\0");
        evil.id = Some("x\n00:00 --> 00:01".to_owned());
        evil.settings = Some("line:0\n\nalign:left x --> y".to_owned());
        evil.end = 1;
        assert_eq!(
            webvtt(&[evil], 0..1, None),
            "WEBVTT\n\n00:00:00.000 --> 00:00:00.001 line:0 align:left\na\n1 --&gt; 2\nb\u{fffd}\n\n"
        );
    }
}
