//! Files that no index is made of: ffmpeg reads them by itself, and says first what is in them.

use std::{ffi::OsString, fmt::Write as _, process::Stdio};

use serde::Deserialize;
use tokio::{
    io::AsyncReadExt as _,
    process::{ChildStdin, ChildStdout},
};

use crate::{
    NoPicture, Preview, Stills, Subject, Urgency, Workshop,
    album::Album,
    choice::Grid,
    ffmpeg, hdr, moments,
    pixels::Pixels,
    preview,
    process::{self, Ends},
    stills::SIDE,
    workshop::{Input, threads},
};

/// The longest answer of ffprobe that is read.
const ANSWER: u64 = 1 << 20;

/// What ffprobe says.
#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Debug, Deserialize)]
struct Stream {
    index: u32,
    #[serde(default)]
    duration: Option<String>,
    #[serde(default)]
    color_transfer: Option<String>,
    #[serde(default)]
    disposition: Disposition,
}

#[derive(Debug, Default, Deserialize)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

#[derive(Debug, Default, Deserialize)]
struct Format {
    #[serde(default)]
    duration: Option<String>,
}

/// What is to be looked at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Found {
    /// The number of the stream.
    stream: u32,
    /// Whether it is the cover of something that is heard.
    cover: bool,
    /// In milliseconds; 0 if nobody knows.
    duration_ms: u64,
    /// The transfer of a high dynamic range, as [`hdr::filters`] wants it.
    hdr: Option<&'static str>,
}

/// Poster and storyboard of pictures that ffmpeg finds by itself. Goes over the whole file, for
/// nobody knows where its key pictures are.
pub(crate) async fn stills(
    workshop: &Workshop,
    subject: &Subject,
    urgency: Urgency,
) -> Result<Stills, NoPicture> {
    let found = look(workshop, subject, urgency).await?;
    let grid = Grid::of(found.duration_ms);
    // Without a length, every two seconds until there are enough.
    let interval_ms = if found.duration_ms == 0 { 2_000 } else { grid.interval_ms };
    let count = match found {
        Found { cover: true, .. } => 1,
        Found { duration_ms: 0, .. } => 100,
        _ => grid.count,
    };
    let threads = threads(urgency).to_string();
    let mut arguments = ffmpeg::quietly();
    arguments.extend(ffmpeg::words(&["-threads", &threads]));
    if !found.cover {
        arguments.extend(ffmpeg::words(&["-skip_frame", "nokey"]));
    }
    arguments.extend(ffmpeg::from_file());
    let map = format!("0:{}", found.stream);
    let look = hdr::filters(SIDE, found.hdr);
    // The first of each interval, or what was shown before where there is none.
    let each = format!("fps=1000/{interval_ms}:start_time=0:round=up,settb=1/25,setpts=N,{look}");
    let filters = if found.cover { look } else { each };
    arguments.extend(ffmpeg::words(&["-map", &map, "-vf", &filters]));
    arguments.extend(ffmpeg::to_pixels(count));
    // As long as it may be, until that is known.
    let known = found.duration_ms > 0;
    let duration = if known { found.duration_ms } else { count.saturating_mul(interval_ms) };
    let time = |number: usize| Some(number as u64 * interval_ms);
    let album = Album::new(duration, interval_ms);
    let mut album = workshop.fill(album, Input::File(subject), arguments, urgency, time).await?;
    if !known {
        album.ends_with_its_last();
    }
    workshop.desk(move |pictures| album.keep(pictures)).await
}

/// The picture that is shown at a moment.
pub(crate) async fn moment(
    workshop: &Workshop,
    subject: &Subject,
    ms: u64,
    urgency: Urgency,
) -> Result<Pixels, NoPicture> {
    let found = look(workshop, subject, urgency).await?;
    let mut arguments = ffmpeg::quietly();
    // Behind the end there is nothing; where nobody knows the end, it may be there.
    let latest = match found.duration_ms {
        0 => ms,
        known => known.saturating_sub(100),
    };
    arguments.extend(seek(ms.min(latest)));
    arguments.extend(ffmpeg::from_file());
    let map = format!("0:{}", found.stream);
    arguments.extend(ffmpeg::words(&["-map", &map, "-vf", &hdr::filters(SIDE, found.hdr)]));
    arguments.extend(ffmpeg::to_pixels(1));
    workshop.one(Input::File(subject), arguments, urgency).await
}

/// A preview: the file is opened once for each moment.
pub(crate) async fn preview(
    workshop: &Workshop,
    subject: &Subject,
    moments_ms: &[u64],
    urgency: Urgency,
) -> Result<Preview, NoPicture> {
    let found = look(workshop, subject, urgency).await?;
    if found.cover {
        return Err(NoPicture::NoVideo);
    }
    // All of a short one, and the beginning of one whose length nobody knows.
    let whole = preview::SHOT_MS * 4;
    let (moments, length) = if found.duration_ms <= whole {
        (vec![0], whole)
    } else {
        let moments = moments::choose(moments_ms, found.duration_ms, preview::SHOT_MS);
        (moments, preview::SHOT_MS)
    };
    let length = format!("{length}ms");
    let mut arguments = ffmpeg::quietly();
    // Writing to a string cannot fail.
    let mut filters = String::new();
    for (number, moment) in moments.iter().enumerate() {
        arguments.extend(seek(*moment));
        arguments.extend(ffmpeg::words(&["-t", &length, "-threads", "1"]));
        arguments.extend(ffmpeg::from_file());
        let look = hdr::filters(preview::SIDE, found.hdr);
        let _ = write!(filters, "[{number}:{}]{look},fps=25[v{number}];", found.stream);
    }
    for number in 0..moments.len() {
        let _ = write!(filters, "[v{number}]");
    }
    let _ = write!(filters, "concat=n={}[v]", moments.len());
    arguments.extend(ffmpeg::words(&["-filter_complex", &filters, "-map", "[v]"]));
    arguments.extend(preview::encode("25"));
    workshop.encode(Input::File(subject), arguments, urgency).await
}

fn seek(ms: u64) -> Vec<OsString> {
    ffmpeg::words(&["-ss", &format!("{ms}ms")])
}

/// Asks ffprobe what there is to look at.
async fn look(
    workshop: &Workshop,
    subject: &Subject,
    urgency: Urgency,
) -> Result<Found, NoPicture> {
    let input = Input::File(subject);
    let ends = Ends { input: input.stdio()?, output: Stdio::piped() };
    let mut arguments = ffmpeg::words(&["-v", "error"]);
    arguments.extend(ffmpeg::from_file());
    arguments.extend(ffmpeg::words(&[
        "-select_streams",
        "v",
        "-of",
        "json",
        "-show_entries",
        "stream=index,duration,color_transfer:stream_disposition=attached_pic:format=duration",
    ]));
    let read = async |_: Option<ChildStdin>, stdout: Option<ChildStdout>| {
        let mut answer = Vec::new();
        if let Some(stdout) = stdout {
            let read = stdout.take(ANSWER).read_to_end(&mut answer).await;
            read.map_err(|error| NoPicture::disk(&error))?;
        }
        Ok(answer)
    };
    let program = &workshop.tools().ffprobe;
    let manner = workshop.manner(urgency);
    let ended = process::run("ffprobe", program, arguments, ends, manner, read).await?;
    if !ended.status.success() {
        return Err(ffmpeg::meaning(&ended.said));
    }
    let answer: Answer = serde_json::from_slice(&ended.taken).map_err(|error| {
        NoPicture::Damaged(format!("ffprobe's answer is not readable: {error}"))
    })?;
    chosen(&answer).ok_or(NoPicture::NoVideo)
}

fn chosen(answer: &Answer) -> Option<Found> {
    let film = answer.streams.iter().find(|stream| stream.disposition.attached_pic == 0);
    let stream = film.or(answer.streams.first())?;
    let durations = [answer.format.duration.as_deref(), stream.duration.as_deref()];
    let duration_ms = durations.into_iter().flatten().find_map(millis).unwrap_or(0);
    let hdr = stream.color_transfer.as_deref().and_then(hdr::named);
    Some(Found { stream: stream.index, cover: film.is_none(), duration_ms, hdr })
}

/// `12.345000` in milliseconds; `None` for anything that is no length.
fn millis(text: &str) -> Option<u64> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: u64 = seconds.parse().ok()?;
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    seconds.checked_mul(1000)?.checked_add(digits.parse().ok()?).filter(|ms| *ms > 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_film_goes_before_a_cover_and_a_cover_before_nothing() {
        let of = |json: &str| chosen(&serde_json::from_str(json).unwrap());
        let cover = r#"{"index":1,"disposition":{"attached_pic":1}}"#;
        let film = r#"{"index":2,"duration":"3.5","disposition":{"attached_pic":0}}"#;
        let format = r#""format":{"duration":"61.0405"}"#;
        let both = of(&format!(r#"{{"streams":[{cover},{film}],{format}}}"#)).unwrap();
        assert_eq!(both, Found { stream: 2, cover: false, duration_ms: 61_040, hdr: None });
        let heard = of(&format!(r#"{{"streams":[{cover}],{format}}}"#)).unwrap();
        assert!(heard.cover && heard.stream == 1);
        assert_eq!(of(r#"{"streams":[],"format":{}}"#), None);
        let bright = r#"{"index":0,"color_transfer":"smpte2084"}"#;
        let bright = of(&format!(r#"{{"streams":[{bright}],{format}}}"#)).unwrap();
        assert_eq!(bright.hdr, Some("smpte2084"));
        let unknown = of(&format!(r#"{{"streams":[{film}],"format":{{"duration":"N/A"}}}}"#));
        assert_eq!(unknown.unwrap().duration_ms, 3_500);
    }
}
