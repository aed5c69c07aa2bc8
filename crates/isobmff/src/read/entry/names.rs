//! What codings that have no more than a name are called: as ffmpeg does.

use crate::read::boxes::FourCc;

/// A coding of pictures that is only carried.
pub(super) fn video(kind: FourCc) -> Option<&'static str> {
    Some(match &kind {
        b"mp4v" | b"xvid" | b"XVID" | b"DIVX" | b"DX50" | b"3IVX" | b"3iv2" => "mpeg4",
        b"s263" | b"h263" | b"H263" | b"d263" => "h263",
        b"jpeg" | b"mjpa" | b"MJPG" | b"mjpg" | b"AVDJ" | b"dmb1" => "mjpeg",
        b"mjpb" => "mjpegb",
        b"mjp2" | b"MJ2C" => "jpeg2000",
        b"apcn" | b"apch" | b"apcs" | b"apco" | b"ap4h" | b"ap4x" | b"aprn" | b"aprh" => "prores",
        b"AVdn" | b"AVdh" => "dnxhd",
        b"SVQ1" | b"svq1" => "svq1",
        b"SVQ3" => "svq3",
        b"rle " => "qtrle",
        b"png " => "png",
        b"gif " => "gif",
        b"cvid" => "cinepak",
        b"rpza" => "rpza",
        b"smc " => "smc",
        b"CFHD" => "cfhd",
        b"Hap1" | b"Hap5" | b"HapY" | b"HapA" | b"HapM" => "hap",
        b"vvc1" | b"vvi1" => "vvc",
        b"evc1" => "evc",
        b"vc-1" => "vc1",
        b"mp2v" | b"m2v1" | b"hdv1" | b"hdv2" | b"hdv3" | b"hdv5" | b"hdv6" | b"hdv7" | b"mx5p"
        | b"mx5n" | b"mx4p" | b"mx4n" | b"mx3p" | b"mx3n" | b"xdv1" | b"xdv2" | b"xdv3"
        | b"xdv6" | b"xdv7" | b"xdv8" | b"xdva" | b"xdvb" | b"xdvc" | b"xd5b" | b"xd5c"
        | b"AVmp" => "mpeg2video",
        b"mp1v" | b"m1v1" | b"mpeg" => "mpeg1video",
        b"dvc " | b"dvcp" | b"dvpp" | b"dv5n" | b"dv5p" | b"dvh5" | b"dvh6" | b"dvhp" | b"dvhq"
        | b"AVdv" | b"AVd1" => "dvvideo",
        b"raw " | b"yuv2" | b"2vuy" | b"2Vuy" | b"v210" | b"v308" | b"v408" | b"v410" | b"yuvs"
        | b"uncv" => "rawvideo",
        b"theo" => "theora",
        b"FFV1" => "ffv1",
        _ => return None,
    })
}

/// A coding of sound that is only carried.
pub(super) fn audio(kind: FourCc) -> Option<&'static str> {
    Some(match &kind {
        b"alac" => "alac",
        b"samr" => "amr_nb",
        b"sawb" => "amr_wb",
        b"dtsc" | b"dtsh" | b"dtsl" | b"dtse" | b"dtsx" => "dts",
        b"ulaw" => "pcm_mulaw",
        b"alaw" => "pcm_alaw",
        b"ima4" => "adpcm_ima_qt",
        b"QDM2" => "qdm2",
        b"QDMC" => "qdmc",
        b"MAC3" => "mace3",
        b"MAC6" => "mace6",
        b"agsm" => "gsm",
        b"Qclp" | b"sqcp" => "qcelp",
        b"sevc" => "evrc",
        b"mha1" | b"mha2" | b"mhm1" | b"mhm2" => "mpegh_3d_audio",
        b"ac-4" => "ac4",
        b"mlpa" => "truehd",
        b"iamf" => "iamf",
        _ => return None,
    })
}

/// The name of a coding in the object types of MPEG-4 systems (mp4ra.org).
pub(super) fn object_type(number: u8) -> Option<&'static str> {
    Some(match number {
        0x20 => "mpeg4",
        0x60..=0x65 => "mpeg2video",
        0x6A => "mpeg1video",
        0x6C => "mjpeg",
        0x6D => "png",
        0x6E => "jpeg2000",
        0xA3 => "vc1",
        0xA9..=0xAC => "dts",
        0xE1 => "qcelp",
        _ => return None,
    })
}

/// The four letters as a name.
pub(super) fn lower(kind: FourCc) -> String {
    crate::read::boxes::letters(kind).trim().to_ascii_lowercase()
}
