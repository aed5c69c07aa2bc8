//! Times: rates, edit lists, where files begin and end.

use super::{Oddity, Step::Ffmpeg};

pub(super) const ALL: &[Oddity] = &[
    Oddity::new(
        "vfr.mp4",
        "a variable frame rate in MP4",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=60:d=12 -f lavfi -i {sweep}:s=48000:d=12 \
             -vf select='lt(mod(n\\,97)\\,31)+not(mod(n\\,5))+eq(mod(n\\,60)\\,7)' -fps_mode vfr \
             -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 40 -c:a aac {out}",
        )],
    ),
    Oddity::new(
        "vfr.mkv",
        "a variable frame rate in Matroska",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=60:d=12 -f lavfi -i {sweep}:s=48000:d=12 \
             -vf select='lt(mod(n\\,97)\\,31)+not(mod(n\\,5))+eq(mod(n\\,60)\\,7)' -fps_mode vfr \
             -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 40 -c:a aac {out}",
        )],
    ),
    Oddity::new(
        "large.mkv",
        "a variable frame rate, sound of uneven packets, and sound that ends early, in a file of \
         Matroska that is too large to be gone over",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=480x270:r=60:d=14,noise=alls=100:allf=t \
             -f lavfi -i {sweep}:s=48000:d=14 -f lavfi -i {sweep}:s=48000:d=8 \
             -map 0:v -map 2:a -map 1:a -map 1:a \
             -vf select='lt(mod(n\\,97)\\,31)+not(mod(n\\,5))+eq(mod(n\\,60)\\,7)' -fps_mode vfr \
             -c:v libx264 -preset veryfast -pix_fmt yuv420p -crf 14 -g 40 \
             -c:a:0 ac3 -c:a:1 libvorbis -c:a:2 pcm_s16le {out}",
        )],
    ),
    Oddity::new(
        "film_23976.mp4",
        "24000/1001 pictures a second in MP4",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=24000/1001:d=20 -f lavfi -i {sweep}:s=48000:d=20 \
             -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 48 -keyint_min 48 -sc_threshold 0 -c:a aac {out}",
        )],
    ),
    Oddity::new(
        "film_23976.mkv",
        "24000/1001 pictures a second in Matroska, whose times are milliseconds",
        &[Ffmpeg("-i {film_23976.mp4} -c copy {out}")],
    ),
    Oddity::new(
        "ntsc_5994.mp4",
        "60000/1001 pictures a second",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=60000/1001:d=8 -f lavfi -i {sweep}:s=44100:d=8 \
             -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 90 -c:a aac {out}",
        )],
    ),
    Oddity::new(
        "edit_mid_group.mp4",
        "an edit list that begins between key pictures",
        &[Ffmpeg("-ss 3.3 -i {clean.mp4} -c copy {out}")],
    ),
    Oddity::new(
        "no_edit_list.mp4",
        "pictures that begin late by their reordering, as there is no edit list",
        &[Ffmpeg("-i {clean.mp4} -t 6 -c copy -use_editlist 0 {out}")],
    ),
    Oddity::new(
        "negative_composition.mp4",
        "composition offsets below zero",
        &[Ffmpeg("-i {clean.mp4} -t 6 -c copy -movflags negative_cts_offsets {out}")],
    ),
    Oddity::new(
        "sound_later.mp4",
        "sound that begins 700 ms after the pictures, by an empty edit",
        &[Ffmpeg(
            "-i {clean.mp4} -itsoffset 0.7 -i {clean.mp4} -map 0:v -map 1:a -t 8 -c copy {out}",
        )],
    ),
    Oddity::new(
        "pictures_later.mp4",
        "pictures that begin 600 ms after the sound, by an empty edit",
        &[Ffmpeg(
            "-itsoffset 0.6 -i {clean.mp4} -i {clean.mp4} -map 0:v -map 1:a -t 8 -c copy {out}",
        )],
    ),
    Oddity::new(
        "begins_at_an_hour.mkv",
        "times that begin at one hour in Matroska",
        &[Ffmpeg("-i {clean.mp4} -t 8 -c copy -output_ts_offset 3600 {out}")],
    ),
    Oddity::new(
        "begins_at_hours.ts",
        "times that begin at seven hours in a transport stream",
        &[Ffmpeg("-i {clean.mp4} -t 8 -c copy -output_ts_offset 25200 {out}")],
    ),
    Oddity::new(
        "wraps.ts",
        "times that run over 33 bits in a transport stream",
        &[Ffmpeg("-i {clean.mp4} -c copy -output_ts_offset 95438 {out}")],
    ),
    Oddity::new(
        "sound_longer.mp4",
        "sound that goes on for five seconds after the pictures",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=7 -f lavfi -i {sweep}:s=48000:d=12 \
             -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 50 -c:a aac {out}",
        )],
    ),
    Oddity::new(
        "pictures_longer.mkv",
        "pictures that go on for five seconds after the sound",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=12 -f lavfi -i {sweep}:s=48000:d=7 \
             -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 50 -c:a aac {out}",
        )],
    ),
    Oddity::new(
        "shorter_than_a_segment.mp4",
        "half a second in all",
        &[Ffmpeg("-i {clean.mp4} -t 0.5 -c copy {out}")],
    ),
    Oddity::new(
        "one_picture.mp4",
        "a single picture",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=1 -frames:v 1 -c:v libx264 -pix_fmt yuv420p {out}",
        )],
    ),
];
