//! One track of the file made ready for the timeline: which sample entry, which stretch of the
//! media, which samples.

use media::{Budget, Codec, Kind, Note, Source, Timescale, Unreadable, timeline::RawTrack};

use super::{
    edits::{Applied, Rest},
    entry::{Entry, Facts},
    probe,
    samples::{Media, Pace},
    trak::Trak,
};

/// A track on its way.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub entry: Entry,
    pub raw: RawTrack,
    pub pace: Pace,
}

/// What is common to all tracks of the file.
pub(super) struct Context<'a> {
    pub source: &'a dyn Source,
    pub budget: &'a Budget<'a>,
    /// Whether the file has fragments: then no edit tells where the media end.
    pub fragmented: bool,
}

/// Makes a track ready; `None` if there is nothing in it that can be played.
pub(super) fn prepare(
    context: &Context<'_>,
    trak: &Trak<'_>,
    (timescale, applied): (Timescale, Applied),
    mut media: Media,
    notes: &mut Vec<Note>,
) -> Result<Option<Prepared>, Unreadable> {
    let mut note = |loss: bool, text: String| {
        notes.push(Note { text: format!("track {}: {text}", trak.id), loss });
    };
    let Some(mut entry) = choose_entry(trak, &mut media, &mut note) else { return Ok(None) };
    let kind = match entry.facts {
        Facts::Video { .. } => Kind::Video,
        Facts::Audio { .. } => Kind::Audio,
        Facts::Text { .. } => Kind::Text,
        Facts::Other => return Ok(None),
    };
    if media.beyond > 0 {
        let count = media.beyond;
        note(
            true,
            format!("{count} of its samples lie behind the end of the file, which is cut off"),
        );
    }
    if media.nowhere > 0 {
        let count = media.nowhere;
        note(true, format!("its tables do not tell where {count} of its samples are"));
    }
    if media.samples.is_empty() {
        if media.beyond == 0 && media.nowhere == 0 {
            note(false, "it has no samples".to_owned());
        }
        return Ok(None);
    }
    if entry.encrypted {
        note(true, "it is encrypted".to_owned());
        entry.codec = Codec::Other("encrypted".to_owned());
        entry.config.clear();
    }
    cut(context, applied, &mut media, &mut note);
    if let Facts::Audio { layer_unknown: true, .. } = entry.facts
        && let Some(codec) = probe::mpeg_audio(context.source, &media.samples)
    {
        entry.codec = codec;
    }
    if kind == Kind::Video {
        let pictures = probe::Pictures {
            source: context.source,
            codec: &entry.codec,
            config: &entry.config,
            budget: context.budget,
        };
        if pictures.check_keys(&mut media.samples)? {
            note(
                false,
                "which pictures are key pictures was found out by looking at them".to_owned(),
            );
        }
    }
    let raw = RawTrack {
        kind,
        timescale,
        last_duration: media.last_delta.clamp(1, u32::MAX / 2),
        samples: media.samples,
    };
    Ok(Some(Prepared { entry, raw, pace: media.pace }))
}

/// The sample entry of most samples; those of entries that differ from it are left out.
fn choose_entry(
    trak: &Trak<'_>,
    media: &mut Media,
    note: &mut impl FnMut(bool, String),
) -> Option<Entry> {
    let entries = &trak.entries;
    // Entries are counted from 1; a number that there is not is taken for the first.
    let class = |number: u32| {
        let entry = entries.get((number as usize).wrapping_sub(1)).or(entries.first());
        entries.iter().position(|one| Some(one) == entry).unwrap_or(0)
    };
    let starts = media.stretches.iter().map(|(start, number)| (*start, class(*number)));
    let stretches: Vec<(usize, usize)> = starts.collect();
    let ends = stretches.iter().skip(1).map(|(start, _)| *start).chain([media.samples.len()]);
    let mut counts = vec![0usize; entries.len()];
    for ((start, class), end) in stretches.iter().zip(ends) {
        if let Some(count) = counts.get_mut(*class) {
            *count += end.saturating_sub(*start);
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let best = counts.iter().position(|count| *count == most).unwrap_or(0);
    let others: usize = counts.iter().sum::<usize>() - most;
    if others > 0 {
        let mut stretches = stretches.iter().peekable();
        let (mut number, mut current) = (0, best);
        media.samples.retain(|_| {
            while let Some((_, class)) = stretches.next_if(|(start, _)| *start <= number) {
                current = *class;
            }
            number += 1;
            current == best
        });
        media.pace.break_off();
        note(
            true,
            format!(
                "its coding changes in the middle; {others} of {} samples, which are coded differently from most, are left out",
                others + most
            ),
        );
    }
    entries.get(best).cloned()
}

/// Takes away what the edit list does not show at the end.
fn cut(
    context: &Context<'_>,
    applied: Applied,
    media: &mut Media,
    note: &mut impl FnMut(bool, String),
) {
    let mut shortened = false;
    if let Some(until) = applied.until.filter(|_| !context.fragmented) {
        let until = until.saturating_add(applied.shift);
        // In the order of decoding: a picture before the end may need one behind it.
        let kept = media.samples.iter().rposition(|sample| sample.time < until);
        let kept = kept.map_or(0, |last| last + 1);
        let over = media.samples.get(kept..).unwrap_or_default();
        let frame = media.pace.even().unwrap_or(media.last_delta);
        let end = over.iter().map(|sample| sample.time).max();
        let end = end.map(|time| time.saturating_add(frame.into()));
        // Not for a frame: many writers round.
        if kept > 0 && end.is_some_and(|end| end.saturating_sub(until) > frame.into()) {
            media.samples.truncate(kept);
            media.last_delta = frame;
            shortened = true;
        }
    }
    match applied.rest {
        Rest::None => {}
        Rest::Jumps => note(
            shortened,
            "its edit list shows several stretches of the media; only the first is shown"
                .to_owned(),
        ),
        Rest::Rate => {
            note(false, "its edit list asks for another speed; it is shown at its own".to_owned());
        }
    }
}
