//! Visual sample entries [ISO/IEC 14496-12, 12.1.3].

use media::{Codec, Ratio, Video};

use super::{Entry, Facts, colour, descriptors, names};
use crate::read::boxes::{Cursor, FourCc, child, children, descend, full};

/// Bytes of fields before the boxes, after the data reference.
const FIELDS: usize = 70;

pub(super) fn entry(kind: FourCc, fields: &[u8]) -> Entry {
    let mut cursor = Cursor::new(fields);
    let size = cursor.skip(16).and_then(|()| Some((cursor.u16()?, cursor.u16()?)));
    let (width, height) = size.unwrap_or_default();
    let inside = fields.get(FIELDS..).unwrap_or_default();
    let mut video = Video { width: width.into(), height: height.into(), ..Video::default() };
    let coloured = details(inside, &mut video);
    let encrypted = kind == *b"encv";
    let original = descend(inside, &[b"sinf", b"frma"]).and_then(|body| Cursor::new(body).four());
    let kind = if encrypted { original.unwrap_or(kind) } else { kind };
    let (codec, config) = coding(kind, inside);
    // Time codes, fields: what is not pictures under the name of pictures.
    let facts = if matches!(&kind, b"tmcd" | b"fdsc" | b"gpmd" | b"mebx") {
        Facts::Other
    } else {
        Facts::Video { video, coloured }
    };
    Entry { kind, codec, config: config.to_vec(), encrypted, facts }
}

fn coding(kind: FourCc, inside: &[u8]) -> (Codec, &[u8]) {
    let body = |kind: &FourCc| child(inside, kind).unwrap_or_default();
    match &kind {
        b"avc1" | b"avc2" | b"avc3" | b"avc4" | b"dva1" | b"dvav" | b"ai12" | b"ai15" | b"ai1q"
        | b"ai55" | b"AVin" | b"xalg" => (Codec::H264, body(b"avcC")),
        b"hvc1" | b"hev1" | b"hvc2" | b"hev2" | b"dvh1" | b"dvhe" => (Codec::Hevc, body(b"hvcC")),
        b"av01" | b"dav1" => (Codec::Av1, body(b"av1C")),
        b"vp08" => (Codec::Vp8, body(b"vpcC").get(4..).unwrap_or_default()),
        b"vp09" => (Codec::Vp9, body(b"vpcC").get(4..).unwrap_or_default()),
        _ => {
            let esds = child(inside, b"esds").and_then(descriptors::parse);
            let stated = esds.and_then(|esds| names::object_type(esds.object_type));
            let name = stated.or_else(|| names::video(kind));
            let name = name.map_or_else(|| names::lower(kind), str::to_owned);
            (Codec::Other(name), &[])
        }
    }
}

/// What the boxes of the entry say. Returns whether colours are stated.
fn details(inside: &[u8], video: &mut Video) -> bool {
    let mut coloured = false;
    for inner in children(inside) {
        let body = inner.body;
        match &inner.kind {
            b"pasp" => {
                let mut cursor = Cursor::new(body);
                let shape = cursor.u32().zip(cursor.u32());
                video.pixel_aspect = shape.and_then(|(num, den)| Ratio::new(num, den));
            }
            b"colr" if !coloured => {
                if let Some(colour) = colour::colr(body) {
                    video.colour = colour;
                    coloured = true;
                }
            }
            b"mdcv" => video.mastering = body.get(..24).map(<[u8]>::to_vec),
            b"clli" => video.light_level = body.get(..4).map(<[u8]>::to_vec),
            b"SmDm" => video.mastering = colour::smdm(body),
            b"CoLL" => {
                video.light_level =
                    full(body).and_then(|(_, _, mut rest)| rest.take(4)).map(<[u8]>::to_vec);
            }
            b"dvcC" | b"dvvC" | b"dvwC" => video.dolby_vision = colour::dolby_vision(body),
            // Fields of two moments [QuickTime File Format, fiel].
            b"fiel" => video.interlaced = body.first() == Some(&2),
            _ => {}
        }
    }
    coloured
}
