use media::Ratio;

use super::*;
use crate::nal::{annex_b, with_lengths};

/// 1920x1080 in fields, 25 frames a second, from a Sony camera.
const FIELDS: &[u8] = &[
    0x27, 0x64, 0x00, 0x28, 0xac, 0xd3, 0x01, 0xe0, 0x11, 0x3f, 0x78, 0x08, 0x80, 0x00, 0x09, 0x60,
    0x00, 0x01, 0xd4, 0xc0, 0x74, 0x30, 0x00, 0x7a, 0x12, 0x00, 0x00, 0x89, 0x54, 0x57, 0x79, 0x71,
    0xa1, 0x80, 0x03, 0xd0, 0x90, 0x00, 0x04, 0x4a, 0xa2, 0xbb, 0xcb, 0x87, 0xc2, 0x21, 0x14, 0x58,
];

/// 352x288 with pixels of 640:429, from x264.
const WIDE: &[u8] = &[
    0x67, 0x64, 0x00, 0x14, 0xac, 0xd9, 0x41, 0x60, 0x96, 0xff, 0xc0, 0xa0, 0x00, 0x6b, 0x44, 0x00,
    0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xca, 0x3c, 0x50, 0xa6, 0x58,
];

#[test]
fn fields_and_cropping_are_understood() {
    let sps = Sps::parse(FIELDS).unwrap();
    assert_eq!((sps.width, sps.height, sps.frames_only), (1920, 1080, false));
    assert_eq!(sps.frame_rate, Ratio::new(25, 1));
    assert!(sps.fixed_rate);
    assert_eq!(sps.pixel_aspect, None);
}

#[test]
fn the_shape_of_pixels_and_the_order_of_pictures_are_understood() {
    let sps = Sps::parse(WIDE).unwrap();
    assert_eq!((sps.width, sps.height), (352, 288));
    assert_eq!(sps.pixel_aspect, Ratio::new(640, 429));
    assert_eq!(sps.reorder, Some(2));
    let record = crate::records::avcc(&[WIDE], &[&[0x68, 0xeb, 0xec, 0xb2, 0x2c]]);
    assert_eq!(describe(&record).codec_string.unwrap(), "avc1.640014");
    assert_eq!(record[4..8], [0xff, 0xe1, 0, 29]);
    assert_eq!(record[record.len() - 4..], [0xfd, 0xf8, 0xf8, 0]);
}

#[test]
fn a_damaged_vui_leaves_size_and_profile() {
    let sps = Sps::parse(&WIDE[..11]).unwrap();
    assert_eq!((sps.width, sps.height, sps.pixel_aspect), (352, 288, None));
    assert_eq!(Sps::parse(&WIDE[..7]), None);
    assert_eq!(Sps::parse(&[0x68, 0x64]), None);
}

/// A recovery point so many frames on.
fn recovery(exp_golomb: u8) -> [u8; 5] {
    [SEI, 6, 1, exp_golomb, 0x80]
}

// first_mb_in_slice and slice_type, each Exp-Golomb: 1, then 011 for B, 00110 and so on.
const I_OF_MANY: [u8; 3] = [SLICE, 0b1011_0000, 1]; // slice_type 2
const ALL_I: [u8; 3] = [SLICE, 0b1000_1000, 1]; // slice_type 7
const ALL_P: [u8; 3] = [SLICE, 0b1001_1000, 1]; // slice_type 5
const SECOND_P: [u8; 3] = [SLICE, 0b0101_1000, 1]; // macroblock 1, slice_type 0
const FIELD_P: [u8; 3] = [SLICE, 0b1100_0000, 1]; // macroblock 0, slice_type 0

fn picture_of(units: &[&[u8]]) -> Option<Picture> {
    let stream: Vec<u8> =
        units.iter().flat_map(|unit| [&[0, 0, 0, 1][..], unit].concat()).collect();
    assert_eq!(picture(annex_b(&stream)), picture(units.iter().copied()));
    picture(units.iter().copied())
}

#[test]
fn a_picture_is_told_by_its_first_slices() {
    assert_eq!(picture_of(&[&[DELIMITER, 0x10], &FIELD_P]), Some(Picture::Other));
    assert_eq!(picture_of(&[&ALL_P]), Some(Picture::Other));
    assert_eq!(picture_of(&[&ALL_I]), Some(Picture::Intra));
    assert_eq!(picture_of(&[&I_OF_MANY]), Some(Picture::Intra));
    assert_eq!(picture_of(&[&I_OF_MANY, &SECOND_P]), Some(Picture::Other));
    // The second field of an I frame.
    assert_eq!(picture_of(&[&I_OF_MANY, &FIELD_P]), Some(Picture::Intra));
    assert_eq!(picture_of(&[&[0x65, 0x88]]), Some(Picture::Idr));
    assert_eq!(picture_of(&[FIELDS]), None);
}

#[test]
fn a_recovery_point_counts_where_nothing_is_waited_for() {
    assert_eq!(picture_of(&[&recovery(0b1100_0000), &ALL_P]), Some(Picture::Recovery(0)));
    assert_eq!(picture_of(&[&recovery(0b0101_0000), &ALL_P]), Some(Picture::Recovery(1)));
    let access = |sei: &[u8]| {
        let sample = with_lengths([sei, &ALL_P]);
        crate::random_access(&media::Codec::H264, &[], &sample)
    };
    assert_eq!(access(&recovery(0b1100_0000)), RandomAccess::Open);
    assert_eq!(access(&recovery(0b0101_0000)), RandomAccess::No);
}
