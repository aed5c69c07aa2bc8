//! Real files: what is read of them, and that every sample can be had.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::{fs, path::PathBuf};

use media::{Budget, Index, Kind};

/// Files of the shared collection with these endings, or the one that is asked for.
fn files() -> Vec<PathBuf> {
    if let Some(file) = std::env::var_os("MPEGTS_FILE") {
        return vec![file.into()];
    }
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/media"));
    let Ok(entries) = fs::read_dir(&folder) else {
        eprintln!("skipped: no {}", folder.display());
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| {
        file.extension().is_some_and(|ending| ["ts", "mts", "m2ts"].iter().any(|e| *e == ending))
    });
    files.sort();
    files
}

fn tell(index: &Index) {
    for track in &index.tracks {
        eprintln!(
            "  {:#x} {} {:?} scale {} start {} end {} cadence {:?} count {:?} keys {} {:?} {:?}",
            track.number,
            track.codec.name(),
            track.codec_string,
            track.timescale.get(),
            track.start,
            track.end,
            track.cadence,
            track.count,
            track.keys.len(),
            track.language,
            track.detail,
        );
    }
    for note in &index.notes {
        eprintln!("  note: {} (loss: {})", note.text, note.loss);
    }
}

#[test]
fn every_sample_of_every_file_is_gathered_to_the_byte() {
    for file in files() {
        let bytes = fs::read(&file).unwrap();
        assert!(mpegts::sniff(&bytes[..bytes.len().min(4096)]), "{}", file.display());
        let begin = std::time::Instant::now();
        let index = mpegts::read(&bytes, &Budget::default()).expect("readable");
        eprintln!("{} in {:?}", file.display(), begin.elapsed());
        tell(&index);
        for track in &index.tracks {
            let Some(table) = track.table() else { continue };
            let mut out = Vec::new();
            for sample in table.samples(0..table.len()) {
                out.clear();
                mpegts::gather(&bytes, track, &sample, &mut out)
                    .unwrap_or_else(|error| panic!("{:#x} {sample:?}: {error}", track.number));
                assert_eq!(out.len(), sample.size as usize, "{sample:?}");
                if track.kind() == Kind::Video {
                    let mut rest = out.as_slice();
                    while let Some((length, after)) = rest.split_first_chunk() {
                        rest = &after[u32::from_be_bytes(*length) as usize..];
                    }
                    assert!(rest.is_empty(), "{sample:?}");
                }
            }
        }
    }
}
