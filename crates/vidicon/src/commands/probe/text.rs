//! The answer of `vidicon probe` for people: 80 columns, no colour.

use std::fmt::Write as _;

use packager::report::{ClientReport, TrackReport, VideoReport};

use super::Answer;
use crate::in_words::{bits, bytes, clock, plain, wrapped};

/// How wide the text is, in characters.
const WIDTH: usize = 80;
/// Where values begin.
const INDENT: usize = 14;

pub(super) fn render(answer: &Answer<'_>) -> String {
    let report = answer.report;
    let mut out = Out(String::new());
    out.row("file", &answer.file);
    let start = if report.fast_start { "fast start" } else { "index at the end: no fast start" };
    out.row(
        "container",
        &format!(
            "{}, {}, {}, {start}",
            report.container,
            clock(report.duration_seconds),
            bytes(answer.size)
        ),
    );
    out.row("content id", &answer.id);
    if let Some(title) = &report.title {
        out.row("title", title);
    }
    if let Some(created) = report.created_unix.and_then(|at| jiff::Timestamp::from_second(at).ok())
    {
        out.row("created", &created.to_string());
    }
    out.section("Tracks");
    for track in &report.tracks {
        out.track(track);
    }
    for side in &report.side_files {
        let words = [side.language.clone(), side.title.clone().map(|title| format!("\"{title}\""))];
        let words = words.into_iter().flatten().chain(side.roles.iter().map(|role| spaced(role)));
        let words: Vec<String> =
            [format!("text beside it: {}", side.file)].into_iter().chain(words).collect();
        out.numbered(side.number, &words.join(", "));
    }
    if !report.chapters.is_empty() {
        out.section("Chapters");
        for chapter in &report.chapters {
            out.row(&clock(chapter.start_seconds), &chapter.title);
        }
    }
    if !report.attachments.is_empty() {
        out.section("Attachments");
        for file in &report.attachments {
            out.item(&format!("{}, {}, {}", file.name, file.media_type, bytes(file.size)));
        }
    }
    let remarks = report.tracks.iter().filter_map(|track| {
        let remark = track.video.as_ref()?.remark.as_ref()?;
        Some(format!("track {}: {remark}", track.number))
    });
    let notes = report.notes.iter().map(|note| {
        if note.loss { format!("{} (media are missing)", note.text) } else { note.text.clone() }
    });
    let notes: Vec<String> = remarks.chain(notes).collect();
    if !notes.is_empty() {
        out.section("Notes");
        for note in &notes {
            out.item(note);
        }
    }
    out.section("Clients");
    for client in &report.clients {
        out.client(client);
    }
    out.0
}

/// The text as it grows.
struct Out(String);

impl Out {
    fn section(&mut self, title: &str) {
        let _ = writeln!(self.0, "\n{title}");
    }

    /// A word, and what there is to say about it.
    fn row(&mut self, word: &str, text: &str) {
        let text = plain(text);
        let mut lines = wrapped(&text, WIDTH - INDENT).into_iter();
        let _ = writeln!(self.0, "{word:<12}  {}", lines.next().unwrap_or_default());
        self.rest(INDENT, lines);
    }

    fn item(&mut self, text: &str) {
        let text = plain(text);
        let mut lines = wrapped(&text, WIDTH - 4).into_iter();
        let _ = writeln!(self.0, "  - {}", lines.next().unwrap_or_default());
        self.rest(4, lines);
    }

    fn numbered(&mut self, number: u32, text: &str) {
        let text = plain(text);
        let mut lines = wrapped(&text, WIDTH - 6).into_iter();
        let _ = writeln!(self.0, "{number:>4}  {}", lines.next().unwrap_or_default());
        self.rest(6, lines);
    }

    fn below(&mut self, text: &str) {
        let text = plain(text);
        self.rest(6, wrapped(&text, WIDTH - 6).into_iter());
    }

    fn rest(&mut self, indent: usize, lines: impl Iterator<Item = String>) {
        for line in lines {
            let _ = writeln!(self.0, "{:indent$}{line}", "");
        }
    }

    fn track(&mut self, track: &TrackReport) {
        let mut words = vec![format!("{} {}", track.kind, track.codec)];
        words.extend(track.codec_string.clone().filter(|name| *name != track.codec));
        if let Some(video) = &track.video {
            words.extend(pictures(video));
        }
        if let Some(audio) = &track.audio {
            words.push(channels(audio.channels));
            words.push(format!("{} Hz", audio.sample_rate));
            words.extend(audio.bits.map(|bits| format!("{bits} bit")));
            words.extend(audio.atmos.then(|| "Dolby Atmos".to_owned()));
        }
        words.extend(track.language.clone());
        words.extend(track.title.as_ref().map(|title| format!("\"{title}\"")));
        words.extend(track.roles.iter().map(|role| spaced(role)));
        // What begins later by less than a picture is of no interest.
        let late = track.start_seconds >= 0.05;
        words.extend(late.then(|| format!("begins at {}", clock(track.start_seconds))));
        words.extend(track.bit_rate.map(bits));
        words.extend(track.samples.map(|count| format!("{count} samples")));
        self.numbered(track.number, &words.join(", "));
        if let Some(video) = &track.video {
            self.gops(video);
        }
        if let Some(reason) = &track.left_out {
            self.below(&format!("not sent in segments: {reason}"));
        }
    }

    fn gops(&mut self, video: &VideoReport) {
        if let Some(gops) = &video.gops {
            let apart = if gops.count == 1 {
                format!("one for all of {:.2} s", gops.longest_seconds)
            } else {
                format!(
                    "{}, {:.2} s to {:.2} s apart, {:.2} s at the median",
                    gops.count, gops.shortest_seconds, gops.longest_seconds, gops.median_seconds
                )
            };
            self.below(&format!("key frames: {apart}; open GOPs: {}", gops.open));
        }
        if let (Some(count), Some(longest)) = (video.segments, video.longest_segment_seconds) {
            self.below(&format!("segments: {count}, the longest {longest:.2} s"));
        }
    }

    fn client(&mut self, client: &ClientReport) {
        let decision = &client.decision;
        let how = match decision.delivery {
            Some("file") => "plays the file as it is".to_owned(),
            Some(way) => format!("plays a copy in segments ({way})"),
            None => "needs transcoding".to_owned(),
        };
        let _ = writeln!(self.0, "  {:<22}{how}", client.title);
        for reason in &decision.reasons {
            self.below(reason);
        }
    }
}

fn pictures(video: &VideoReport) -> Vec<String> {
    let mut words = vec![format!("{}x{}", video.width, video.height)];
    if (video.display_width, video.display_height) != (video.width, video.height) {
        words.push(format!("seen as {}x{}", video.display_width, video.display_height));
    }
    if video.pixel_aspect != "1:1" {
        words.push(format!("pixels {}", video.pixel_aspect));
    }
    if video.rotation != 0 {
        words.push(format!("turned by {}°", video.rotation));
    }
    words.extend(video.frame_rate.as_deref().map(rate));
    words.extend(video.bit_depth.map(|bits| format!("{bits} bit")));
    match video.range {
        "pq" => words.push("HDR (PQ)".to_owned()),
        "hlg" => words.push("HDR (HLG)".to_owned()),
        _ => {}
    }
    if let Some(vision) = &video.dolby_vision {
        let (profile, compatibility) = (vision.profile, vision.compatibility);
        words.push(format!("Dolby Vision {profile}.{compatibility}"));
    }
    words.extend(video.interlaced.then(|| "interlaced".to_owned()));
    if !video.captions.is_empty() {
        words.push(format!("captions {}", video.captions.join(" ")));
    }
    words
}

/// `30000/1001` as `29.97/s`.
fn rate(ratio: &str) -> String {
    let (above, below) = ratio.split_once('/').unwrap_or((ratio, "1"));
    match (above.parse::<f64>(), below.parse::<f64>()) {
        (Ok(above), Ok(below)) if below > 0.0 => {
            let text = format!("{:.3}", above / below);
            format!("{}/s", text.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => ratio.to_owned(),
    }
}

fn channels(count: u16) -> String {
    match count {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        6 => "5.1".to_owned(),
        8 => "7.1".to_owned(),
        count => format!("{count} channels"),
    }
}

fn spaced(role: &str) -> String {
    role.replace('_', " ")
}
