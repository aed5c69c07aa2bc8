//! Containers: the same media laid out in other ways.

use super::{
    Oddity,
    Playable::{Prepared, Transcoded},
    Step::{Ffmpeg, Mkvmerge},
};

pub(super) const ALL: &[Oddity] = &[
    Oddity::new(
        "moov_last.mp4",
        "the index after the media",
        &[Ffmpeg("-i {clean.mp4} -t 8 -c copy {out}")],
    ),
    Oddity::new(
        "fragmented.mp4",
        "fragments, with an edit list",
        &[Ffmpeg(
            "-i {clean.mp4} -c copy -movflags frag_keyframe+empty_moov+default_base_moof {out}",
        )],
    ),
    Oddity::new(
        "fragments_by_time.mp4",
        "fragments of half a second that begin anywhere, without an index",
        &[Ffmpeg(
            "-i {clean.mp4} -c copy -movflags empty_moov+delay_moov -frag_duration 500000 {out}",
        )],
    ),
    Oddity::new(
        "hybrid.mp4",
        "an index of the first part, and fragments after it",
        &[Ffmpeg("-i {clean.mp4} -c copy -movflags frag_keyframe {out}")],
    ),
    Oddity::new("quicktime.mov", "QuickTime", &[Ffmpeg("-i {clean.mp4} -t 8 -c copy {out}")]),
    Oddity::new(
        "matroska.mkv",
        "Matroska as ffmpeg writes it",
        &[Ffmpeg("-i {clean.mp4} -c copy {out}")],
    ),
    Oddity::new(
        "merged.mkv",
        "Matroska as mkvmerge writes it",
        &[Mkvmerge("-o {out} {clean.mp4}")],
    ),
    Oddity::new(
        "no_cues.mkv",
        "Matroska without cues",
        &[Mkvmerge("-o {out} --cues 0:none --cues 1:none {clean.mp4}")],
    ),
    Oddity::new(
        "live.mkv",
        "Matroska of unknown length, as a live stream is written",
        &[Ffmpeg("-i {clean.mp4} -c copy -live 1 {out}")],
    ),
    Oddity::new(
        "live.webm",
        "WebM of unknown length",
        &[Ffmpeg("-i {odd_321x181.webm} -c copy -live 1 {out}")],
    ),
    Oddity::new(
        "compressed.mkv",
        "Matroska with every frame compressed by zlib, which nobody writes",
        &[Mkvmerge("-o {out} --compression 0:zlib --compression 1:zlib {clean.mp4}")],
    )
    .playable(Transcoded),
    Oddity::new(
        "simple_clusters.mkv",
        "Matroska with block groups, no simple blocks, and clusters of a second",
        &[Mkvmerge("-o {out} --engage no_simpleblocks --cluster-length 1000ms {clean.mp4}")],
    ),
    Oddity::new(
        "nanoseconds.mkv",
        "Matroska whose times are of 100 microseconds",
        &[Mkvmerge("-o {out} --timestamp-scale 100000 {film_23976.mp4}")],
    ),
    Oddity::new("plain.ts", "a transport stream", &[Ffmpeg("-i {clean.mp4} -c copy {out}")]),
    Oddity::new(
        "bluray.m2ts",
        "a transport stream with arrival times",
        &[Ffmpeg("-i {ac3.mp4} -c copy -f mpegts -mpegts_m2ts_mode 1 {out}")],
    ),
    Oddity::new(
        "hevc.ts",
        "HEVC in a transport stream",
        &[Ffmpeg("-i {hevc_open_gop.mp4} -c copy {out}")],
    ),
    Oddity::new(
        "open_gop.ts",
        "open groups of pictures in a transport stream",
        &[Ffmpeg("-i {h264_open_gop.mp4} -c copy {out}")],
    ),
    Oddity::new(
        "names/Grüße & 100% #1?.mp4",
        "a name that has to be escaped in a URL, in a folder",
        &[Ffmpeg("-i {clean.mp4} -t 4 -c copy {out}")],
    ),
    Oddity::new("clean.avi", "AVI", &[Ffmpeg("-i {clean.mp4} -t 4 -c copy {out}")])
        .playable(Prepared),
    Oddity::new("clean.flv", "Flash video", &[Ffmpeg("-i {clean.mp4} -t 4 -c copy {out}")])
        .playable(Prepared),
];
