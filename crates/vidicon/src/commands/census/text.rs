//! The answer of `vidicon census` for people: 80 columns, no colour.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use packager::census::{Bin, Sum, Tally};

use crate::{
    census::Counted,
    in_words::{bytes, clock, count, plain, wrapped},
};

/// How wide the text is, in characters.
const WIDTH: usize = 80;
/// The longest bar.
const BAR: u64 = 40;

pub(super) fn render(folder: &Path, counted: &Counted) -> String {
    let tally = &counted.tally;
    let mut out = String::new();
    if counted.stopped {
        out.push_str("Stopped before the end; counted so far:\n\n");
    }
    let videos = tally.videos;
    let _ = writeln!(
        out,
        "{}: {} videos, {}, {}",
        plain(&folder.display().to_string()),
        count(videos.files),
        bytes(videos.size),
        clock(videos.duration_seconds)
    );
    if tally.other_files > 0 {
        let _ = writeln!(out, "and {} files that are no videos", count(tally.other_files));
    }
    out.push_str("\nIn browsers                    files  share         size       duration\n");
    for (what, sum) in [
        ("play as they are", tally.direct),
        ("play as HLS or DASH", tally.copy),
        ("need transcoding", tally.transcoding),
        ("need preparation", tally.preparation),
        ("cannot be read", tally.unreadable),
    ] {
        row(&mut out, what, sum, videos.files);
    }
    reasons(&mut out, "What needs transcoding", &tally.transcoding_reasons);
    reasons(&mut out, "What needs preparation", &tally.preparation_reasons);
    reasons(&mut out, "Containers", &tally.containers);
    reasons(&mut out, "Pictures (tracks)", &tally.video_codecs);
    reasons(&mut out, "Sound (tracks)", &tally.audio_codecs);
    reasons(&mut out, "Subtitles (tracks)", &tally.text_codecs);
    gops(&mut out, tally);
    let missing = tally.unreadable.files.saturating_sub(counted.unreadable.len() as u64);
    list(&mut out, "Cannot be read", &counted.unreadable);
    if missing > 0 {
        let _ = writeln!(out, "  and {} more: --all lists them", count(missing));
    }
    list(&mut out, "Folders that cannot be read", &counted.folders);
    out
}

fn row(out: &mut String, what: &str, sum: Sum, all: u64) {
    let share = sum.files.saturating_mul(1000) / all.max(1);
    let _ = writeln!(
        out,
        "  {what:<24}{:>10}  {:>3}.{} %  {:>10}  {:>13}",
        count(sum.files),
        share / 10,
        share % 10,
        bytes(sum.size),
        clock(sum.duration_seconds)
    );
}

/// A table of names, the most frequent first.
fn reasons(out: &mut String, title: &str, counts: &BTreeMap<String, u64>) {
    if counts.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title}");
    let mut sorted: Vec<(&String, &u64)> = counts.iter().collect();
    sorted.sort_by_key(|(name, files)| (std::cmp::Reverse(**files), *name));
    for (name, files) in sorted {
        let name: String = plain(name).chars().take(24).collect();
        let _ = writeln!(out, "  {name:<24}{:>10}", count(*files));
    }
}

fn gops(out: &mut String, tally: &Tally) {
    let most = tally.gops.iter().map(|bin| bin.files).max().unwrap_or(0);
    if most == 0 {
        return;
    }
    out.push_str("\nTime between key frames (median of each file)\n");
    for Bin { from_seconds, to_seconds, files } in &tally.gops {
        let range = match (from_seconds, to_seconds) {
            (0, Some(to)) => format!("under {to} s"),
            (from, Some(to)) => format!("{from} to {to} s"),
            (from, None) => format!("{from} s and more"),
        };
        // The smallest bar is there for whoever looks for it.
        let length = usize::try_from((files * BAR).div_ceil(most)).unwrap_or(0);
        let line = format!("  {range:<24}{:>10}  {}", count(*files), "#".repeat(length));
        let _ = writeln!(out, "{}", line.trim_end());
    }
    let _ = writeln!(
        out,
        "  files with more than 10 s somewhere: {}; with open GOPs: {}",
        count(tally.very_long_gops),
        count(tally.open_gops)
    );
}

fn list(out: &mut String, title: &str, all: &[(std::path::PathBuf, String)]) {
    if all.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title}");
    for (path, why) in all {
        let _ = writeln!(out, "  {}", plain(&path.display().to_string()));
        for line in wrapped(&plain(why), WIDTH - 6) {
            let _ = writeln!(out, "      {line}");
        }
    }
}
