//! The media playlist as text.

use media::{Timescale, rescale_round};

use super::{
    multivariant::{key, start, variables},
    text::Text,
};
use crate::{DateRange, MediaPlaylist, Segment};

impl MediaPlaylist {
    /// The playlist as text.
    ///
    /// The durations are those between exact ends, each rounded to a microsecond: they may differ
    /// from the exact ones by one, but their sum never drifts away.
    pub fn render(&self) -> String {
        let uris: usize = self.segments.iter().map(|segment| segment.uri.len()).sum();
        let mut text = Text::with_capacity(512 + uris + self.segments.len() * 32);
        text.line("#EXTM3U");
        text.numbered("#EXT-X-VERSION:", self.version().into());
        text.numbered("#EXT-X-TARGETDURATION:", self.target().into());
        if let Some(kind) = self.playlist_type {
            text.raw("#EXT-X-PLAYLIST-TYPE:");
            text.line(kind.name());
        }
        if self.independent_segments {
            text.line("#EXT-X-INDEPENDENT-SEGMENTS");
        }
        if self.iframes_only {
            text.line("#EXT-X-I-FRAMES-ONLY");
        }
        if self.media_sequence != 0 {
            text.numbered("#EXT-X-MEDIA-SEQUENCE:", self.media_sequence);
        }
        if self.discontinuity_sequence != 0 {
            text.numbered("#EXT-X-DISCONTINUITY-SEQUENCE:", self.discontinuity_sequence);
        }
        variables(&mut text, &self.variables);
        start(&mut text, self.start);
        for (segment, micros) in self.segments.iter().zip(micros(&self.segments)) {
            begin(&mut text, segment);
            text.raw("#EXTINF:");
            text.seconds(micros);
            text.raw(",");
            text.safe(&segment.title, false);
            text.end();
            if let Some(range) = segment.byte_range {
                text.raw("#EXT-X-BYTERANGE:");
                text.byte_range(range);
                text.end();
            }
            text.uri_line(&segment.uri);
        }
        if self.end_list {
            text.line("#EXT-X-ENDLIST");
        }
        text.finish()
    }
}

/// What comes before EXTINF.
fn begin(text: &mut Text, segment: &Segment) {
    if segment.discontinuity {
        text.line("#EXT-X-DISCONTINUITY");
    }
    for one in &segment.keys {
        key(text.tag("#EXT-X-KEY:"), one);
    }
    if let Some(map) = &segment.map {
        let mut tag = text.tag("#EXT-X-MAP:");
        tag.uri("URI", Some(&map.uri));
        tag.byte_range("BYTERANGE", map.byte_range);
        tag.end();
    }
    for one in &segment.date_ranges {
        date_range(text, one);
    }
    if let Some(moment) = &segment.program_date_time {
        text.raw("#EXT-X-PROGRAM-DATE-TIME:");
        text.token(moment);
        text.end();
    }
    if segment.gap {
        text.line("#EXT-X-GAP");
    }
    if let Some(bitrate) = segment.bitrate {
        text.numbered("#EXT-X-BITRATE:", bitrate);
    }
}

fn date_range(text: &mut Text, one: &DateRange) {
    let mut tag = text.tag("#EXT-X-DATERANGE:");
    tag.quoted("ID", Some(&one.id));
    tag.quoted("CLASS", one.class.as_deref());
    tag.quoted("START-DATE", Some(&one.start_date));
    tag.quoted("CUE", one.cue.as_deref());
    tag.quoted("END-DATE", one.end_date.as_deref());
    tag.seconds("DURATION", one.duration_micros);
    tag.seconds("PLANNED-DURATION", one.planned_duration_micros);
    tag.flag("END-ON-NEXT", one.end_on_next);
    for (name, value) in &one.others {
        tag.other(name, value);
    }
    tag.end();
}

/// The duration of each segment in microseconds as it is written: from rounded end to rounded end.
pub(crate) fn micros(segments: &[Segment]) -> impl Iterator<Item = u64> + '_ {
    let mut scale = Timescale::MICROS;
    // Where the present timescale began to be used, in microseconds, and ticks since.
    let (mut base, mut ticks, mut last) = (0_i64, 0_i64, 0_i64);
    segments.iter().map(move |segment| {
        let duration = segment.duration;
        if duration.timescale != scale {
            (base, ticks, scale) = (last, 0, duration.timescale);
        }
        ticks = ticks.saturating_add(i64::try_from(duration.ticks).unwrap_or(i64::MAX));
        let end = base.saturating_add(in_micros(ticks, scale));
        let micros = end.saturating_sub(last).unsigned_abs();
        last = end;
        micros
    })
}

/// To the nearest microsecond, without numbers of 128 bits where nobody needs them.
fn in_micros(ticks: i64, scale: Timescale) -> i64 {
    let scale_ticks = i64::from(scale.get());
    match ticks.checked_mul(2_000_000).and_then(|double| double.checked_add(scale_ticks)) {
        Some(double) => double / (2 * scale_ticks),
        None => rescale_round(ticks, scale, Timescale::MICROS),
    }
}
