#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use testkit::oddities;

use crate::{
    NoPicture, Origin, Stills, Subject, Urgency,
    testing::{Bench, film, mean, subject},
};

/// Black for ten seconds, then a scene for ten, a key picture each second.
const DARK_BEGINNING: &str = "-f lavfi -i color=black:s=640x360:r=25:d=10 \
    -f lavfi -i testsrc2=s=640x360:r=25:d=10 -filter_complex [0][1]concat \
    -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25";

async fn stills(bench: &Bench, of: &Subject) -> Stills {
    bench.workshop.stills(of, Urgency::OnDemand).await.unwrap()
}

async fn of_oddity(file: &str) -> (Bench, Stills) {
    let bench = Bench::new();
    let made = stills(&bench, &subject(&oddities::named(file).path()).await).await;
    (bench, made)
}

#[tokio::test]
async fn a_black_beginning_is_not_the_poster() {
    let bench = Bench::new();
    let (_folder, path) = film("dark.mp4", DARK_BEGINNING);
    let made = stills(&bench, &subject(&path).await).await;
    let poster = bench.picture(&made.poster.file);
    assert_eq!((made.poster.width, made.poster.height), (640, 360));
    assert_eq!((poster.width, poster.height), (640, 360));
    let [red, green, blue] = mean(&poster, 0..640, 0..360);
    assert!(red + green + blue > 200, "{red} {green} {blue}");
    assert_ne!(made.poster.colour, "#000000");
    assert_eq!(made.poster.from, Origin::Auto);
    // A preview of the second half shows something as well.
    assert!(made.moments_ms.iter().rev().take(2).all(|ms| *ms >= 10_000), "{made:?}");
}

#[tokio::test]
async fn where_the_only_key_picture_is_black_another_is_the_poster() {
    let bench = Bench::new();
    let (_folder, path) = film("dark.mp4", &format!("{DARK_BEGINNING}000 -sc_threshold 0"));
    let made = stills(&bench, &subject(&path).await).await;
    let light = mean(&bench.picture(&made.poster.file), 0..640, 0..360).iter().sum::<u32>();
    assert!(light > 200, "{light}");
}

#[tokio::test]
async fn a_storyboard_shows_each_moment_in_its_tile() {
    let bench = Bench::new();
    let (_folder, path) = film("dark.mkv", DARK_BEGINNING);
    let board = stills(&bench, &subject(&path).await).await.storyboard.unwrap();
    assert_eq!((board.columns, board.rows, board.count), (10, 1, 10));
    assert_eq!((board.tile_width, board.tile_height), (160, 90));
    assert_eq!((board.interval_ms, board.duration_ms), (2_000, 20_000));
    assert_eq!(board.times_ms, (0..10).map(|number| number * 2_000 + 1_000).collect::<Vec<u64>>());
    let sheet = bench.picture(&board.sheets[0]);
    assert_eq!((sheet.width, sheet.height), (1_600, 90));
    for (number, time) in board.times_ms.iter().enumerate() {
        let x = u32::try_from(number).unwrap() * 160;
        let light = mean(&sheet, x + 10..x + 150, 10..80).iter().sum::<u32>();
        assert_eq!(light > 100, *time >= 10_000, "the tile of {time} ms has {light}");
    }
}

#[tokio::test]
async fn a_turned_clip_stands_upright() {
    let (bench, made) = of_oddity("turned.mp4").await;
    let poster = bench.picture(&made.poster.file);
    assert!(poster.height > poster.width, "{}x{}", poster.width, poster.height);
    let board = made.storyboard.unwrap();
    assert!(board.tile_height > board.tile_width);
}

#[tokio::test]
async fn an_anamorphic_clip_has_the_shape_it_is_shown_in() {
    let (_bench, made) = of_oddity("anamorphic.mp4").await;
    let path = oddities::named("anamorphic.mp4").path();
    let Subject::Film(film) = subject(&path).await else { panic!("a film") };
    let video = film.index().tracks.iter().find_map(media::Track::video).unwrap();
    let aspect = video.pixel_aspect.unwrap();
    let (width, height) = (video.width * aspect.num / aspect.den, video.height);
    let of = u64::from(made.poster.width) * u64::from(height);
    let wanted = u64::from(made.poster.height) * u64::from(width);
    assert!(of.abs_diff(wanted) * 50 < wanted, "{width}x{height}: {:?}", made.poster);
}

#[tokio::test]
async fn every_kind_of_film_yields_pictures() {
    for file in [
        "h264_open_gop.mp4",
        "hevc_open_gop.mp4",
        "hevc_hdr10.mkv",
        "b_pyramid.mkv",
        "single_key.mp4",
        "all_keys.mp4",
        "irregular_keys.mp4",
        "interlaced.mp4",
        "odd_321x181.webm",
        "vp9_alt_ref.webm",
        "vp8_vorbis.webm",
        "av1.mp4",
        "av1.mkv",
        "mpeg4_part2.mp4",
        "prores.mov",
        "fragmented.mp4",
        "no_cues.mkv",
        "compressed.mkv",
        "live.webm",
        "plain.ts",
        "bluray.m2ts",
        "hevc.ts",
        "open_gop.ts",
        "begins_at_hours.ts",
        "edit_mid_group.mp4",
        "negative_composition.mp4",
        "one_picture.mp4",
        "names/Grüße & 100% #1?.mp4",
    ] {
        let bench = Bench::new();
        let of = subject(&oddities::named(file).path()).await;
        let made = bench.workshop.stills(&of, Urgency::OnDemand).await;
        let made = made.unwrap_or_else(|error| panic!("{file}: {error}"));
        let poster = bench.picture(&made.poster.file);
        let light = mean(&poster, 0..poster.width, 0..poster.height).iter().sum::<u32>();
        assert!(light > 150, "{file}: {light}");
        let keys = match &of {
            Subject::Film(film) => {
                let keys = film.index().tracks.iter().find(|track| track.video().is_some());
                keys.map_or(0, |track| track.keys.len())
            }
            Subject::File(_) => 0,
        };
        let tiles = made.storyboard.map_or(1, |board| board.count as usize);
        let films = matches!(of, Subject::Film(_));
        assert!(!films || tiles >= keys.min(4), "{file}: {tiles} of {keys}");
    }
}

#[tokio::test]
async fn what_has_no_index_yields_pictures_as_well() {
    for file in ["clean.avi", "clean.flv"] {
        let (bench, made) = of_oddity(file).await;
        let poster = bench.picture(&made.poster.file);
        assert_eq!((poster.width, poster.height), (320, 180), "{file}");
        let board = made.storyboard.unwrap();
        assert_eq!(board.count, 4, "{file}: {board:?}");
        let of = subject(&oddities::named(file).path()).await;
        let moment = bench.workshop.poster_at(&of, 2_000, Urgency::OnDemand).await.unwrap();
        assert_eq!(moment.from, Origin::Moment { ms: 2_000 });
    }
}

#[tokio::test]
async fn a_file_whose_length_nobody_tells_has_the_length_of_what_was_found() {
    // Into a pipe, so that nothing can be added to its header when it ends.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("streamed.asf");
    let mut ffmpeg = testkit::tools::require("ffmpeg", "ffmpeg");
    ffmpeg.args(["-v", "error", "-f", "lavfi", "-i", "color=black:s=160x90:r=25:d=16", "-vf"]);
    ffmpeg.arg("geq=lum='16+13*floor(T)':cb=128:cr=128");
    ffmpeg.args(["-c:v", "mpeg4", "-q:v", "2", "-g", "25", "-f", "asf", "pipe:1"]);
    std::fs::write(&path, testkit::tools::run_clean(&mut ffmpeg)).unwrap();
    let of = Subject::File(std::sync::Arc::new(std::fs::File::open(&path).unwrap()));
    let bench = Bench::new();
    let board = stills(&bench, &of).await.storyboard.unwrap();
    assert_eq!((board.interval_ms, board.count), (2_000, 8));
    assert_eq!(board.times_ms.last(), Some(&14_000));
    assert_eq!(board.duration_ms, 16_000);
    for second in [0u32, 7, 15] {
        let ms = u64::from(second) * 1000 + 500;
        let poster = bench.workshop.poster_at(&of, ms, Urgency::OnDemand).await.unwrap();
        let [_, green, _] = mean(&bench.picture(&poster.file), 0..160, 0..90);
        let wanted = second * 13 * 255 / 219;
        assert!(green.abs_diff(wanted) < 8, "at {ms} ms: {green} instead of {wanted}");
    }
}

#[tokio::test]
async fn a_film_of_a_high_dynamic_range_looks_the_same_if_ffmpeg_reads_it_by_itself() {
    let path = oddities::named("hevc_hdr10.mkv").path();
    let (bench, film) = (Bench::new(), subject(&path).await);
    let file = Subject::File(std::sync::Arc::new(std::fs::File::open(&path).unwrap()));
    let mut light = Vec::new();
    for of in [&film, &file] {
        let poster = bench.workshop.poster_at(of, 1_000, Urgency::OnDemand).await.unwrap();
        let picture = bench.picture(&poster.file);
        light.push(mean(&picture, 0..picture.width, 0..picture.height));
    }
    let pairs = || light[0].into_iter().zip(light[1]);
    assert!(pairs().all(|(one, other)| one.abs_diff(other) < 6), "{light:?}");
}

#[tokio::test]
async fn the_picture_of_a_moment_is_the_one_that_is_shown_then() {
    // Each second has a brightness of its own; only the first picture of all is a key picture.
    let (_folder, path) = film(
        "steps.mp4",
        "-f lavfi -i color=black:s=320x180:r=25:d=8 -vf geq=lum='16+27*floor(T)':cb=128:cr=128 \
         -c:v libx264 -preset veryfast -bf 3 -pix_fmt yuv420p -g 999 -sc_threshold 0",
    );
    let of = subject(&path).await;
    let bench = Bench::new();
    for second in [0u32, 3, 7] {
        for ms in [second * 1000, second * 1000 + 960] {
            let poster = bench.workshop.poster_at(&of, ms.into(), Urgency::OnDemand).await.unwrap();
            let picture = bench.picture(&poster.file);
            let [_, green, _] = mean(&picture, 0..320, 0..180);
            let wanted = second * 27 * 255 / 219;
            assert!(green.abs_diff(wanted) < 8, "at {ms} ms: {green} instead of {wanted}");
        }
    }
    let late = bench.workshop.poster_at(&of, 99_000, Urgency::OnDemand).await.unwrap();
    let [_, green, _] = mean(&bench.picture(&late.file), 0..320, 0..180);
    assert!(green > 200, "behind the end it is the last: {green}");
}

#[tokio::test]
async fn the_picture_of_a_moment_far_from_the_only_key_picture_is_the_right_one() {
    // Thirty seconds, each with a brightness of its own: 750 pictures, and one key.
    let (_folder, path) = film(
        "long.mp4",
        "-f lavfi -i color=black:s=64x36:r=25:d=30 -vf geq=lum='16+7*floor(T)':cb=128:cr=128 \
         -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 99999 -sc_threshold 0",
    );
    let (of, bench) = (subject(&path).await, Bench::new());
    for second in [20u32, 25, 29] {
        let ms = u64::from(second) * 1000 + 500;
        let poster = bench.workshop.poster_at(&of, ms, Urgency::OnDemand).await.unwrap();
        let [_, green, _] = mean(&bench.picture(&poster.file), 0..64, 0..36);
        let wanted = second * 7 * 255 / 219;
        assert!(green.abs_diff(wanted) < 5, "at {ms} ms: {green} instead of {wanted}");
    }
}

#[tokio::test]
async fn where_our_index_leads_to_nothing_the_picture_of_a_moment_is_found_by_ffmpeg() {
    let clean = std::fs::read(oddities::named("clean.mp4").path()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.mp4");
    // The first key pictures are zeros; what comes later is whole.
    let media = clean.windows(4).position(|bytes| bytes == b"mdat").unwrap() + 4;
    let mut damaged = clean;
    let end = media + (damaged.len() - media) / 3;
    damaged[media..end].fill(0);
    std::fs::write(&path, damaged).unwrap();
    let bench = Bench::new();
    let poster = bench.workshop.poster_at(&subject(&path).await, 100, Urgency::OnDemand).await;
    assert_eq!(poster.unwrap().from, Origin::Moment { ms: 100 });
}

#[tokio::test]
async fn sound_alone_has_no_picture_but_its_cover() {
    let bench = Bench::new();
    let (_folder, path) = film("sound.mp4", "-f lavfi -i sine=d=3 -c:a aac");
    let of = subject(&path).await;
    let error = bench.workshop.stills(&of, Urgency::OnDemand).await.unwrap_err();
    assert_eq!(error, NoPicture::NoVideo);
    assert!(error.is_lasting());
    assert!(bench.files().is_empty());
    let (_folder, path) = film(
        "covered.m4a",
        "-f lavfi -i sine=d=3 -f lavfi -i testsrc2=s=300x300:d=0.04 -map 0 -map 1 -c:a aac \
         -c:v mjpeg -disposition:v attached_pic -f mp4",
    );
    let made = stills(&bench, &subject(&path).await).await;
    assert_eq!((made.poster.width, made.poster.height), (300, 300));
    assert_eq!(made.storyboard, None);
}

#[tokio::test]
async fn damage_is_a_reason_and_leaves_nothing_behind() {
    let clean = std::fs::read(oddities::named("clean.mp4").path()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.mp4");
    // Its header is whole, and its media are zeros.
    let media = clean.windows(4).position(|bytes| bytes == b"mdat").unwrap() + 4;
    let mut damaged = clean;
    damaged[media..].fill(0);
    std::fs::write(&path, damaged).unwrap();
    let bench = Bench::new();
    let of = subject(&path).await;
    let error = bench.workshop.stills(&of, Urgency::OnDemand).await.unwrap_err();
    assert!(matches!(error, NoPicture::Damaged(_)), "{error:?}");
    assert!(bench.files().is_empty());
    let error = bench.workshop.preview(&of, &[], Urgency::OnDemand).await.unwrap_err();
    assert!(matches!(error, NoPicture::Damaged(_)), "{error:?}");
}

/// Needs a disk of its own, which only root may mount; elsewhere `pictures` tests a disk that says
/// that it is full.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_a_reason_and_keeps_no_half_picture() {
    use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
    let bench = Bench::new();
    let folder = bench.workshop.pictures().folder().to_owned();
    std::fs::create_dir(&folder).unwrap();
    if mount("tmpfs", &folder, "tmpfs", MountFlags::empty(), c"size=24k").is_err() {
        eprintln!("not tested: this user may mount no disk");
        return;
    }
    let of = subject(&oddities::named("clean.mp4").path()).await;
    let made = bench.workshop.stills(&of, Urgency::OnDemand).await;
    let files = bench.files();
    unmount(&folder, UnmountFlags::DETACH).unwrap();
    let error = made.unwrap_err();
    assert_eq!(error, NoPicture::DiskFull);
    assert!(!error.is_lasting());
    assert!(files.iter().all(|file| file.parse::<crate::PictureFile>().is_ok()), "{files:?}");
}
