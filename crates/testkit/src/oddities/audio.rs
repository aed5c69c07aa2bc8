//! Sound: codings in the containers that carry them, channels, rates.

use super::{
    Oddity,
    Playable::Transcoded,
    Step::{Ffmpeg, Mkvmerge},
};

pub(super) const ALL: &[Oddity] = &[
    Oddity::new(
        "aac_7_1.mp4",
        "eight channels of AAC",
        &[Ffmpeg(
            "-i {clean.mp4} -f lavfi -i {eight}:s=48000:c=7.1:d=6 \
             -map 0:v -map 1:a -t 6 -c:v copy -c:a aac {out}",
        )],
    ),
    Oddity::new(
        "flac_7_1.mkv",
        "eight channels of FLAC",
        &[Ffmpeg(
            "-i {clean.mp4} -f lavfi -i {eight}:s=48000:c=7.1:d=6 \
             -map 0:v -map 1:a -t 6 -c:v copy -c:a flac {out}",
        )],
    ),
    Oddity::new(
        "opus_7_1.mkv",
        "eight channels of Opus, with a mapping of their own",
        &[Ffmpeg(
            "-i {clean.mp4} -f lavfi -i {eight}:s=48000:c=7.1:d=6 \
             -map 0:v -map 1:a -t 6 -c:v copy -c:a libopus -mapping_family 1 {out}",
        )],
    ),
    Oddity::new(
        "aac_mono_22050.mp4",
        "one channel of AAC at 22.05 kHz",
        &[Ffmpeg("-i {clean.mp4} -t 6 -c:v copy -c:a aac -ac 1 -ar 22050 -b:a 32k {out}")],
    ),
    Oddity::new(
        "mp3.mp4",
        "MP3 in MP4",
        &[Ffmpeg("-i {clean.mp4} -t 6 -c:v copy -c:a libmp3lame -ar 44100 {out}")],
    ),
    Oddity::new(
        "mp3.mkv",
        "MP3 in Matroska",
        &[Ffmpeg("-i {clean.mp4} -t 6 -c:v copy -c:a libmp3lame -ar 44100 {out}")],
    ),
    Oddity::new(
        "ac3.mp4",
        "AC-3 in MP4",
        &[Ffmpeg("-i {clean.mp4} -t 6 -c:v copy -c:a ac3 -b:a 128k {out}")],
    ),
    Oddity::new(
        "ac3.mkv",
        "AC-3 in Matroska",
        &[Ffmpeg("-i {clean.mp4} -t 6 -c:v copy -c:a ac3 -b:a 128k {out}")],
    ),
    Oddity::new(
        "eac3.mp4",
        "E-AC-3 in MP4",
        &[Ffmpeg("-i {clean.mp4} -t 6 -c:v copy -c:a eac3 -b:a 128k {out}")],
    ),
    Oddity::new(
        "eac3.mkv",
        "E-AC-3 in Matroska",
        &[Ffmpeg("-i {clean.mp4} -t 6 -c:v copy -c:a eac3 -b:a 128k {out}")],
    ),
    Oddity::new(
        "opus.mp4",
        "Opus in MP4",
        &[Ffmpeg("-i {clean.mp4} -t 6 -c:v copy -c:a libopus -strict -2 {out}")],
    ),
    Oddity::new(
        "opus.mkv",
        "Opus in Matroska",
        &[Ffmpeg("-i {clean.mp4} -t 6 -c:v copy -c:a libopus {out}")],
    ),
    Oddity::new(
        "flac.mp4",
        "FLAC in MP4",
        &[Ffmpeg("-i {clean.mp4} -t 6 -c:v copy -c:a flac -strict -2 {out}")],
    ),
    Oddity::new(
        "flac.mkv",
        "FLAC in Matroska",
        &[Ffmpeg("-i {clean.mp4} -t 6 -c:v copy -c:a flac {out}")],
    ),
    Oddity::new(
        "vorbis.mkv",
        "Vorbis in Matroska, which MP4 cannot carry",
        &[Ffmpeg("-i {clean.mp4} -t 6 -c:v copy -c:a libvorbis {out}")],
    )
    .playable(Transcoded),
    Oddity::new(
        "pcm.mov",
        "PCM in QuickTime",
        &[Ffmpeg("-i {clean.mp4} -t 4 -c:v copy -c:a pcm_s16le {out}")],
    )
    .playable(Transcoded),
    Oddity::new(
        "pcm.mkv",
        "PCM of 24 bits in Matroska",
        &[Ffmpeg("-i {clean.mp4} -t 4 -c:v copy -c:a pcm_s24le {out}")],
    )
    .playable(Transcoded),
    Oddity::new(
        "mp2.ts",
        "MPEG-1 layer II, which no browser plays",
        &[Ffmpeg("-i {clean.mp4} -t 4 -c:v copy -c:a mp2 {out}")],
    )
    .playable(Transcoded),
    Oddity::new("ac3.ts", "AC-3 in a transport stream", &[Ffmpeg("-i {ac3.mp4} -c copy {out}")]),
    Oddity::new("mp3.ts", "MP3 in a transport stream", &[Ffmpeg("-i {mp3.mp4} -c copy {out}")]),
    Oddity::new(
        "silent.mp4",
        "no sound at all",
        &[Ffmpeg("-i {clean.mp4} -t 6 -an -c copy {out}")],
    ),
    Oddity::new(
        "only_sound.mp4",
        "no pictures at all",
        &[Ffmpeg("-i {clean.mp4} -t 6 -vn -c copy {out}")],
    ),
    Oddity::new(
        "laced.mkv",
        "several frames of sound in a block (lacing)",
        &[Mkvmerge("-o {out} {mp3.mkv}")],
    ),
];
