#![allow(clippy::unwrap_used)]
use std::path::Path;

use media::Ratio;
use testkit::{oddities, tools};

use crate::{
    NoPicture, Preview, Settings, Urgency,
    testing::{Bench, subject},
};

async fn of(bench: &Bench, path: &Path, moments: &[u64]) -> Preview {
    let of = subject(path).await;
    bench.workshop.preview(&of, moments, Urgency::OnDemand).await.unwrap()
}

/// What ffprobe says of a preview: its streams, and how many pictures can be decoded.
fn probed(path: &Path) -> String {
    let printed = tools::run_clean(
        tools::require("ffprobe", "ffmpeg")
            .args(["-v", "error", "-count_frames", "-of", "csv=p=0", "-show_entries"])
            .arg("stream=codec_name,profile,width,height,pix_fmt,nb_read_frames")
            .arg(path),
    );
    String::from_utf8(printed).unwrap().trim().to_owned()
}

#[tokio::test]
async fn a_preview_is_a_few_silent_seconds_that_everything_plays() {
    let bench = Bench::new();
    for file in [
        "clean.mp4",
        "h264_open_gop.mp4",
        "b_pyramid.mkv",
        "vp9_alt_ref.webm",
        "plain.ts",
        "hevc_hdr10.mkv",
        "clean.avi",
    ] {
        let made = of(&bench, &oddities::named(file).path(), &[]).await;
        let path = bench.workshop.pictures().path(&made.file);
        let probed = probed(&path);
        assert!(
            probed.starts_with("h264,Constrained Baseline,320,180,yuv420p,"),
            "{file}: {probed}"
        );
        assert!(!probed.contains('\n'), "{file}: one stream: {probed}");
        let pictures: u64 = probed.rsplit(',').next().unwrap().parse().unwrap();
        // Some are short, or have few places where decoding can begin.
        assert!((3_000..6_500).contains(&made.duration_ms), "{file}: {made:?}");
        assert!(pictures * 1000 / made.duration_ms >= 20, "{file}: {pictures} in {made:?}");
        assert!(made.bytes <= 400_000, "{file}: {made:?}");
        let bytes = std::fs::read(&path).unwrap();
        let place = |name: &[u8]| bytes.windows(4).position(|at| at == name).unwrap();
        assert!(place(b"moov") < place(b"mdat"), "{file}: it begins at once");
    }
}

#[tokio::test]
async fn a_preview_of_a_turned_clip_stands_upright() {
    let bench = Bench::new();
    let made = of(&bench, &oddities::named("turned.mp4").path(), &[]).await;
    assert!(made.height > made.width, "{made:?}");
}

#[tokio::test]
async fn a_video_with_one_key_picture_is_shown_from_there() {
    let bench = Bench::new();
    let made = of(&bench, &oddities::named("single_key.mp4").path(), &[6_000]).await;
    assert!((4_000..6_500).contains(&made.duration_ms), "{made:?}");
    let short = of(&bench, &oddities::named("one_picture.mp4").path(), &[]).await;
    assert!(short.duration_ms <= 2_000, "{short:?}");
}

#[tokio::test]
async fn an_ffmpeg_without_the_encoder_is_named_as_the_reason() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("ffmpeg");
    let script = "#!/bin/sh\ncat > /dev/null\necho \"Unknown encoder 'libx264'\" >&2\nexit 1\n";
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let bench = Bench::with(Settings { ffmpeg: program, ..Settings::default() });
    let film = subject(&oddities::named("clean.mp4").path()).await;
    let error = bench.workshop.preview(&film, &[], Urgency::OnDemand).await.unwrap_err();
    assert!(matches!(&error, NoPicture::Lacking(what) if what.contains("libx264")), "{error:?}");
    assert!(!error.is_lasting());
    assert!(bench.files().is_empty());
}

#[test]
fn a_film_of_many_pictures_a_second_is_shown_with_half_of_them() {
    let rate = |num, den| super::rate(Ratio::new(num, den));
    assert_eq!(rate(24_000, 1_001), "24000/1001");
    assert_eq!(rate(30, 1), "30/1");
    assert_eq!(rate(60_000, 1_001), "60000/2002");
    assert_eq!(rate(240, 1), "240/8");
    assert_eq!(rate(1, 2), "25", "a slide show");
    assert_eq!(super::rate(None), "25");
}
