//! `vidicon package`: a file as HLS and DASH in a folder, for any web server or CDN.

use std::fmt::Write as _;

use super::{print, probe};
use crate::{
    cli::Package,
    failure::Failure,
    in_words::{bytes, count},
    packaging,
    settings::Segments,
};

pub(super) fn run(arguments: &Package) -> Result<(), Failure> {
    let Package { file, out, target, minimum, first, ts, force } = arguments;
    let segments = Segments { target: *target, minimum: *minimum, first: *first };
    segments.check().map_err(|(_, why)| Failure::Usage(why))?;
    packaging::refuse_filled(out, *force).map_err(Failure::Usage)?;

    let film = probe::open(file, segments.policy(), &media::Budget::default())?;
    let presentation = &film.presentation;
    if !presentation.is_playable() {
        let reasons: Vec<&str> =
            presentation.left_out.iter().map(|left| left.reason.as_str()).collect();
        let reasons = reasons.join("; ");
        return Err(anyhow::anyhow!(
            "{}: nothing in it can be sent as it is: {reasons}",
            file.display()
        )
        .into());
    }
    for note in &presentation.index.notes {
        eprintln!("note: {}", note.text);
    }
    for left in &presentation.left_out {
        eprintln!("left out: track {}: {}", left.track + 1, left.reason);
    }
    let written = packaging::write(&film, &probe::runtime()?, out, *ts)?;
    let out = out.display();
    let mut text = format!(
        "{} files, {}\n{out}/master.m3u8 (HLS)\n{out}/manifest.mpd (DASH)\n",
        count(written.files),
        bytes(written.bytes)
    );
    if *ts {
        let _ = writeln!(text, "{out}/ts/master.m3u8 (HLS, transport streams)");
    }
    print(&text)
}
