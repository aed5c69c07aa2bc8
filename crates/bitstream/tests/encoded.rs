//! Streams made by real encoders, with what real files at hand do not show: open groups of
//! pictures, fields, 4:4:4, high dynamic range, six channels. Records that are made here are the
//! same as those that ffmpeg makes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{fs, process::Command};

use bitstream::{
    RandomAccess, ac3, complete, describe, flac, h264, hevc, leading_decodable, nal, opus,
    random_access, records, vpc_config,
};
use media::{Codec, Ratio};
use serde_json::Value;

/// A file that ffmpeg made.
struct Encoded {
    bytes: Vec<u8>,
    packets: Vec<Vec<u8>>,
}

/// `None` where ffmpeg is absent or has no such encoder.
fn encode(source: &str, args: &str) -> Option<Encoded> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.mp4");
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-f", "lavfi", "-i", source]).args(args.split(' ')).arg(&file);
    if !command.status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: ffmpeg does not {args}");
        return None;
    }
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-of", "json", "-show_data", "-show_packets"]).arg(&file);
    let probed: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let packets = probed["packets"].as_array().unwrap();
    let packets = packets.iter().map(|packet| bytes(packet["data"].as_str().unwrap())).collect();
    Some(Encoded { bytes: fs::read(&file).unwrap(), packets })
}

fn bytes(dump: &str) -> Vec<u8> {
    let lines = dump.lines().filter(|line| line.len() > 10);
    let digits: Vec<u8> =
        lines.flat_map(|line| line[10..50].bytes().filter(|digit| *digit != b' ')).collect();
    let hex = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks_exact(2).map(hex).collect()
}

impl Encoded {
    /// The body of the box with this name.
    fn find(&self, name: [u8; 4]) -> &[u8] {
        let at = self.bytes.windows(4).position(|window| *window == name).unwrap();
        let size = u32::from_be_bytes(*self.bytes[at - 4..].first_chunk().unwrap());
        &self.bytes[at + 4..at - 4 + usize::try_from(size).unwrap()]
    }
}

const PICTURES: &str = "testsrc2=s=322x242:r=30000/1001:d=1";

#[test]
fn hevc_with_an_open_group_of_pictures_and_hdr10() {
    let Some(encoded) = encode(
        PICTURES,
        "-c:v libx265 -pix_fmt yuv420p10le -tag:v hvc1 -x265-params \
         log-level=error:keyint=10:open-gop=1:bframes=3:hdr10=1:colorprim=9:transfer=16:\
         colormatrix=9:max-cll=1000,400:master-display=G(13250,34500)B(7500,3000)R(34000,16000)\
         WP(15635,16450)L(10000000,50)",
    ) else {
        return;
    };
    let config = encoded.find(*b"hvcC");
    let codec = Codec::Hevc;
    let described = describe(&codec, config);
    assert_eq!(described.codec_string.unwrap(), "hvc1.2.4.L60.90");
    let video = described.video.unwrap();
    assert_eq!((video.width, video.height, video.bit_depth), (322, 242, 10));
    assert_eq!(video.frame_rate, Ratio::new(30_000, 1_001));
    assert_eq!((video.colour.primaries, video.colour.transfer, video.colour.matrix), (9, 16, 9));
    let first = &encoded.packets[0];
    let range = bitstream::sei::HighDynamicRange::of_sample(&codec, config, first);
    let mastering = video.mastering.or(range.mastering).unwrap();
    assert_eq!(mastering[..4], [0x33, 0xc2, 0x86, 0xc4]); // green: 13250, 34500
    assert_eq!(video.light_level.or(range.light_level).unwrap(), [0x03, 0xe8, 0x01, 0x90]);

    let access: Vec<_> =
        encoded.packets.iter().map(|packet| random_access(&codec, config, packet)).collect();
    assert_eq!(access[0], RandomAccess::Closed);
    assert_eq!(access.iter().filter(|access| **access == RandomAccess::Open).count(), 2);
    let leading =
        encoded.packets.iter().filter_map(|packet| leading_decodable(&codec, config, packet));
    assert_eq!(leading.collect::<Vec<_>>(), [false, false]);

    let sets = nal::parameter_sets(&codec, config);
    let sets: Vec<&[u8]> = sets.iter().map(Vec::as_slice).collect();
    let ours = records::hvcc(&sets[..1], &sets[1..2], &sets[2..]);
    let (mine, theirs) =
        (hevc::Record::parse(&ours).unwrap(), hevc::Record::parse(config).unwrap());
    assert_eq!((mine.general, mine.bit_depth), (theirs.general, theirs.bit_depth));
    assert_eq!(ours[16..19], config[16..19]); // chroma and depths
    assert_eq!(ours[21], config[21]); // layers and lengths
    assert_eq!(nal::parameter_sets(&codec, &ours), sets);
}

#[test]
fn parameter_sets_among_pictures_fill_an_empty_record() {
    let Some(encoded) = encode(
        PICTURES,
        "-c:v libx265 -pix_fmt yuv420p -tag:v hev1 -x265-params log-level=error:repeat-headers=1",
    ) else {
        return;
    };
    let config = encoded.find(*b"hvcC");
    let mut empty = config[..23].to_vec();
    empty[22] = 0;
    assert!(describe(&Codec::Hevc, &empty).video.is_none());
    let full = complete(&Codec::Hevc, &empty, &encoded.packets[0]).unwrap();
    assert_eq!(describe(&Codec::Hevc, &full).video.unwrap().width, 322);
    assert_eq!(complete(&Codec::Hevc, &full, &encoded.packets[0]), None);
}

#[test]
fn h264_with_an_open_group_of_pictures() {
    let Some(encoded) = encode(
        PICTURES,
        "-c:v libx264 -pix_fmt yuv444p -x264-params keyint=10:open-gop=1:bframes=3:log=-1",
    ) else {
        return;
    };
    let config = encoded.find(*b"avcC");
    let codec = Codec::H264;
    let described = describe(&codec, config);
    let video = described.video.unwrap();
    assert_eq!((video.width, video.height, video.bit_depth), (322, 242, 8));
    assert_eq!(video.frame_rate, Ratio::new(30_000, 1_001));
    assert!(!video.interlaced);
    assert_eq!(described.codec_string.unwrap(), "avc1.f4000d");
    let access: Vec<_> =
        encoded.packets.iter().map(|packet| random_access(&codec, config, packet)).collect();
    assert_eq!(access[0], RandomAccess::Closed);
    assert_eq!(access.iter().filter(|access| **access == RandomAccess::Open).count(), 2);
    // What x264 says of itself comes first and is long.
    assert_eq!(bitstream::picture(&codec, config, &encoded.packets[0][..500]), None);

    let record = h264::Record::parse(config).unwrap();
    assert_eq!(records::avcc(&record.sps, &record.pps), config);
    let mut empty = config[..6].to_vec();
    empty[5] = 0xe0;
    empty.push(0);
    let in_band = nal::with_lengths(record.sps.iter().chain(&record.pps).copied());
    assert_eq!(complete(&codec, &empty, &in_band).unwrap(), config);
}

#[test]
fn h264_in_fields() {
    let Some(encoded) = encode(
        "testsrc2=s=320x240:r=25:d=1",
        "-c:v libx264 -pix_fmt yuv420p10le -aspect 16:9 -x264-params tff=1:log=-1 -color_range pc",
    ) else {
        return;
    };
    let video = describe(&Codec::H264, encoded.find(*b"avcC")).video.unwrap();
    assert!(video.interlaced);
    assert!(video.colour.full_range);
    assert_eq!((video.width, video.height, video.bit_depth), (320, 240, 10));
    assert_eq!((video.frame_rate, video.pixel_aspect), (Ratio::new(25, 1), Ratio::new(4, 3)));
}

#[test]
fn vp9_and_av1_in_four_four_four() {
    let colours =
        "-pix_fmt yuv444p -color_primaries bt2020 -colorspace bt2020nc -color_trc smpte2084";
    if let Some(encoded) =
        encode(PICTURES, &format!("-c:v libvpx-vp9 -cpu-used 8 -deadline realtime {colours}"))
    {
        let theirs = &encoded.find(*b"vpcC")[4..];
        let string = describe(&Codec::Vp9, theirs).codec_string.unwrap();
        assert_eq!(string, "vp09.01.20.08.03.09.16.09.00");
        let first = &encoded.packets[0];
        let ours = vpc_config(&Codec::Vp9, first, 0, 0, Ratio::new(30_000, 1_001));
        // The frame itself knows of the matrix, not of PQ.
        assert_eq!((&ours[..4], ours[5]), (&theirs[..4], theirs[5]));
        let access = |packet: &[u8]| random_access(&Codec::Vp9, theirs, packet);
        assert_eq!(access(first), RandomAccess::Closed);
        assert_eq!(access(&encoded.packets[1]), RandomAccess::No);
        assert_eq!(complete(&Codec::Vp9, &[], first).unwrap()[2..6], ours[2..6]);
    }
    if let Some(encoded) =
        encode(PICTURES, &format!("-c:v libaom-av1 -cpu-used 8 -usage realtime {colours}"))
    {
        let config = encoded.find(*b"av1C");
        let described = describe(&Codec::Av1, config);
        assert_eq!(described.codec_string.unwrap(), "av01.1.00M.08.0.000.09.16.09.0");
        let video = described.video.unwrap();
        assert_eq!((video.width, video.height, video.bit_depth), (322, 242, 8));
        let access = |packet: &[u8]| random_access(&Codec::Av1, config, packet);
        assert_eq!(access(&encoded.packets[0]), RandomAccess::Closed);
        assert_eq!(access(&encoded.packets[1]), RandomAccess::No);
        assert_eq!(complete(&Codec::Av1, &config[..4], &encoded.packets[0]).unwrap(), config);
    }
}

#[test]
fn dolby_digital_in_six_channels() {
    for (name, codec, args) in
        [(*b"dac3", Codec::Ac3, "-c:a ac3 -ac 6"), (*b"dec3", Codec::Eac3, "-c:a eac3 -ac 6")]
    {
        let Some(encoded) = encode("sine=d=1:r=48000", args) else { continue };
        let (theirs, first) = (encoded.find(name), &encoded.packets[0]);
        let record = if codec == Codec::Ac3 { ac3::dac3 } else { ac3::dec3 };
        assert_eq!(record(first).unwrap(), theirs);
        let header = ac3::Header::parse(first).unwrap();
        assert_eq!((header.frame_len, header.samples), (first.len(), 1536));
        let audio = describe(&codec, theirs).audio.unwrap();
        assert_eq!((audio.sample_rate, audio.channels, audio.atmos), (48_000, 6, false));
    }
}

#[test]
fn opus_and_flac_have_the_records_of_ffmpeg() {
    if let Some(encoded) = encode("sine=d=1:r=48000", "-c:a libopus -ac 6") {
        let theirs = encoded.find(*b"dOps");
        let head = opus::dops_to_head(theirs).unwrap();
        assert_eq!(opus::head_to_dops(&head).unwrap(), theirs);
        let audio = describe(&Codec::Opus, theirs).audio.unwrap();
        assert_eq!((audio.channels, audio.priming), (6, 312));
        let durations: Vec<_> =
            encoded.packets.iter().map(|packet| opus::packet_duration(packet).unwrap()).collect();
        assert!(durations.iter().all(|duration| *duration == 960));
    }
    if let Some(encoded) = encode("sine=d=1:r=44100", "-c:a flac -ac 2 -strict -2") {
        let theirs = &encoded.find(*b"dfLa")[4..];
        assert_eq!(flac::dfla(theirs).unwrap(), theirs);
        let audio = describe(&Codec::Flac, theirs).audio.unwrap();
        assert_eq!((audio.sample_rate, audio.channels, audio.bits), (44_100, 2, 16));
    }
}
