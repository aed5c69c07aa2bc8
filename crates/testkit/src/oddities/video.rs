//! Pictures: groups of pictures, reordering, sizes, codings, shape and colour.

use super::{
    Oddity,
    Playable::Transcoded,
    Step::{self, Ffmpeg},
};

/// 12 s of H.264 at 25 pictures a second and a sweep in AAC: what most others are made like.
const CLEAN: &[Step] = &[Ffmpeg(
    "-f lavfi -i testsrc2=s=320x180:r=25:d=12 -f lavfi -i {sweep}:s=48000:d=12 \
     -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 50 -keyint_min 50 -sc_threshold 0 \
     -c:a aac -ac 2 -b:a 96k -movflags faststart {out}",
)];

pub(super) const ALL: &[Oddity] = &[
    Oddity::new("clean.mp4", "nothing: closed groups of two seconds, sound and pictures alike", CLEAN),
    Oddity::new(
        "h264_open_gop.mp4",
        "open groups of pictures in H.264, recovery points instead of IDR pictures",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=24:d=12 -f lavfi -i {sweep}:s=44100:d=12 \
             -c:v libx264 -preset veryfast -pix_fmt yuv420p \
             -x264-params open-gop=1:bframes=3:b-adapt=0:keyint=36:min-keyint=36:scenecut=0 -c:a aac {out}",
        )],
    ),
    Oddity::new(
        "hevc_open_gop.mp4",
        "open groups of pictures in HEVC: CRA pictures with RASL pictures",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=24:d=10 -f lavfi -i {sweep}:s=48000:d=10 \
             -c:v libx265 -preset veryfast -pix_fmt yuv420p -tag:v hvc1 \
             -x265-params log-level=none:open-gop=1:bframes=4:keyint=48:min-keyint=48:scenecut=0 -c:a aac {out}",
        )],
    ),
    Oddity::new(
        "hevc_closed_hev1.mp4",
        "HEVC with closed groups and parameter sets that may change (hev1)",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=8 -c:v libx265 -preset veryfast -pix_fmt yuv420p -tag:v hev1 \
             -x265-params log-level=none:open-gop=0:keyint=50:min-keyint=50:scenecut=0 {out}",
        )],
    ),
    Oddity::new(
        "hevc_hdr10.mkv",
        "HEVC of 10 bits with HDR10 colours and mastering display",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=6 -f lavfi -i {sweep}:s=48000:d=6 \
             -c:v libx265 -preset veryfast -pix_fmt yuv420p10le \
             -x265-params log-level=none:open-gop=0:keyint=50:min-keyint=50:scenecut=0:hdr10=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=1000,400 \
             -c:a aac {out}",
        )],
    ),
    Oddity::new(
        "b_pyramid.mkv",
        "eight B pictures in a row that refer to one another",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=12 -f lavfi -i {sweep}:s=48000:d=12 \
             -c:v libx264 -preset veryfast -pix_fmt yuv420p \
             -x264-params b-pyramid=normal:bframes=8:b-adapt=0:keyint=75:min-keyint=75:scenecut=0 -c:a aac {out}",
        )],
    ),
    Oddity::new(
        "single_key.mp4",
        "one key picture in twelve seconds",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=12 -f lavfi -i {sweep}:s=48000:d=12 \
             -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 9999 -sc_threshold 0 -c:a aac {out}",
        )],
    ),
    Oddity::new(
        "all_keys.mp4",
        "every picture a key picture",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=6 -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 1 {out}",
        )],
    ),
    Oddity::new(
        "irregular_keys.mp4",
        "key pictures now four pictures, now four seconds apart",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=14 -f lavfi -i {sweep}:s=48000:d=14 \
             -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 9999 -sc_threshold 0 \
             -force_key_frames 0.16,0.32,1,1.16,5.2,5.36,9.4,13.4,13.92 -c:a aac {out}",
        )],
    ),
    Oddity::new(
        "interlaced.mp4",
        "pictures of two fields (MBAFF)",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=50:d=6 -vf tinterlace=interleave_top,setfield=tff \
             -c:v libx264 -preset veryfast -pix_fmt yuv420p -flags +ilme+ildct -x264-params tff=1:keyint=50 {out}",
        )],
    ),
    Oddity::new(
        "cropped_318x178.mp4",
        "a size that is no multiple of 16, cropped by the parameter set",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=318x178:r=25:d=4 -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 25 {out}",
        )],
    ),
    Oddity::new(
        "odd_321x181.webm",
        "VP9 and Opus, odd in width and height",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=321x181:r=25:d=6 -f lavfi -i {sweep}:s=48000:d=6 \
             -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 50 -c:a libopus {out}",
        )],
    ),
    Oddity::new(
        "vp9.mp4",
        "VP9 and Opus in MP4",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=6 -f lavfi -i {sweep}:s=48000:d=6 \
             -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 50 -c:a libopus -strict -2 {out}",
        )],
    ),
    Oddity::new(
        "vp9_alt_ref.webm",
        "VP9 with pictures that are never shown",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=5 -c:v libvpx-vp9 -deadline good -cpu-used 5 \
             -auto-alt-ref 1 -lag-in-frames 16 -g 50 {out}",
        )],
    ),
    Oddity::new(
        "vp8_vorbis.webm",
        "VP8 and Vorbis",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=6 -f lavfi -i {sweep}:s=44100:d=6 \
             -c:v libvpx -deadline realtime -cpu-used 8 -g 50 -c:a libvorbis {out}",
        )],
    )
    .playable(Transcoded),
    Oddity::new(
        "av1.mp4",
        "AV1 and AAC in MP4",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=6 -f lavfi -i {sweep}:s=48000:d=6 \
             -c:v libaom-av1 -usage realtime -cpu-used 8 -g 50 -pix_fmt yuv420p -c:a aac {out}",
        )],
    ),
    Oddity::new(
        "av1.mkv",
        "AV1 with hidden pictures and Opus in Matroska",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=6 -f lavfi -i {sweep}:s=48000:d=6 \
             -c:v libaom-av1 -usage good -cpu-used 8 -lag-in-frames 16 -g 50 -pix_fmt yuv420p -c:a libopus {out}",
        )],
    ),
    Oddity::new(
        "turned.mp4",
        "turned by 90 degrees, as phones do",
        &[Ffmpeg("-i {clean.mp4} -t 6 -c copy -metadata:s:v:0 rotate=90 {out}")],
    ),
    Oddity::new(
        "anamorphic.mp4",
        "pixels that are not square",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=240x180:r=25:d=4 -vf setsar=4/3 -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 50 {out}",
        )],
    ),
    Oddity::new(
        "two_pictures.mp4",
        "two video tracks",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=6 -f lavfi -i testsrc=s=160x90:r=15:d=6 \
             -f lavfi -i {sweep}:s=48000:d=6 -map 0 -map 1 -map 2 \
             -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 30 -c:a aac {out}",
        )],
    ),
    Oddity::new(
        "mpeg4_part2.mp4",
        "MPEG-4 part 2, which no browser shows",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=4 -f lavfi -i sine=d=4 -c:v mpeg4 -g 50 -c:a aac {out}",
        )],
    )
    .playable(Transcoded),
    Oddity::new(
        "prores.mov",
        "ProRes and PCM, as cameras and editors have it",
        &[Ffmpeg(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=2 -f lavfi -i sine=d=2 -c:v prores_ks -profile:v 0 -c:a pcm_s16le {out}",
        )],
    )
    .playable(Transcoded),
];
