//! Chapters: Nero's list, and the text track of `QuickTime`.

use media::{Chapter, Language, Source, Timescale, read_exact_at, rescale_round};

use super::{boxes::full, metadata, samples::Media};

/// A chapter without its end, in units of 100 nanoseconds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Mark {
    pub start: u64,
    pub title: String,
}

/// More chapters than any film has.
const MOST: usize = 4_096;

/// Reads the body of a `chpl` box.
pub(super) fn nero(body: &[u8]) -> Vec<Mark> {
    let Some((version, _, mut cursor)) = full(body) else { return Vec::new() };
    if version > 0 && cursor.skip(4).is_none() {
        return Vec::new();
    }
    let count = cursor.u8().unwrap_or(0).into();
    let one = || {
        let start = cursor.u64()?;
        let length = cursor.u8()?;
        let title = cursor.take(length.into())?;
        Some(Mark { start, title: metadata::text(title).unwrap_or_default() })
    };
    std::iter::from_fn(one).take(count).collect()
}

/// Nero's chapters as ours; `shift` is what all times of the file are moved by, in microseconds.
pub(super) fn from_marks(mut marks: Vec<Mark>, shift: i64) -> Vec<Chapter> {
    marks.sort_by_key(|mark| mark.start);
    let starts: Vec<i64> = marks
        .iter()
        .map(|mark| i64::try_from(mark.start / 10).unwrap_or(i64::MAX).saturating_add(shift))
        .collect();
    let ends = starts.iter().skip(1).copied().map(Some).chain([None]);
    let times = starts.iter().copied().zip(ends);
    marks
        .into_iter()
        .zip(times)
        .map(|(mark, (start, end))| Chapter { start, end, title: mark.title, language: None })
        .collect()
}

/// The samples of a chapter track as chapters. Those without a title are gaps between chapters.
pub(super) fn from_track(
    source: &dyn Source,
    media: &Media,
    scale: Timescale,
    language: Option<&Language>,
    shift: i64,
) -> Vec<Chapter> {
    let micros = |ticks| rescale_round(ticks, scale, Timescale::MICROS).saturating_add(shift);
    let samples = media.samples.get(..media.samples.len().min(MOST)).unwrap_or_default();
    let last = samples.last().map(|last| last.time.saturating_add(media.last_delta.into()));
    let ends = samples.iter().skip(1).map(|sample| sample.time).chain(last);
    let mut chapters = Vec::new();
    for (sample, end) in samples.iter().zip(ends) {
        let mut bytes = vec![0; sample.size.min(1_024) as usize];
        if read_exact_at(source, &mut bytes, sample.offset).is_err() {
            continue;
        }
        let Some((length, rest)) = bytes.split_first_chunk::<2>() else { continue };
        let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
        let Some(title) = rest.get(..length).and_then(metadata::text) else { continue };
        chapters.push(Chapter {
            start: micros(sample.time),
            end: Some(micros(end)),
            title,
            language: language.cloned(),
        });
    }
    chapters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_of_nero_are_read_in_both_versions_and_end_where_the_next_begins() {
        let entries =
            [&[2][..], &0u64.to_be_bytes(), b"\x03One", &30_000_000u64.to_be_bytes(), b"\x03Two"];
        let new = [&[1, 0, 0, 0, 0, 0, 0, 0][..], &entries.concat()].concat();
        let old = [&[0, 0, 0, 0][..], &entries.concat()].concat();
        for body in [new, old] {
            let chapters = from_marks(nero(&body), 0);
            let found: Vec<_> =
                chapters.iter().map(|c| (c.start, c.end, c.title.as_str())).collect();
            assert_eq!(found, [(0, Some(3_000_000), "One"), (3_000_000, None, "Two")]);
        }
    }
}
