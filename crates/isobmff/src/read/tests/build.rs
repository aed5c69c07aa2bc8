//! Small files, put together box by box.

/// A box.
pub(super) fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let size = u32::try_from(body.len() + 8).unwrap();
    [&size.to_be_bytes()[..], kind, &body].concat()
}

/// A full box of version 0 without flags.
pub(super) fn full(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    flagged(kind, 0, parts)
}

/// A full box with this version and these flags.
pub(super) fn flagged(kind: &[u8; 4], word: u32, parts: &[&[u8]]) -> Vec<u8> {
    boxed(kind, &[&word.to_be_bytes(), &parts.concat()])
}

/// Fields of 32 bits.
pub(super) fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// A table: its count, then its fields.
pub(super) fn table(kind: &[u8; 4], columns: usize, values: &[u32]) -> Vec<u8> {
    let count = u32::try_from(values.len() / columns).unwrap();
    full(kind, &[&words(&[count]), &words(values)])
}

/// `mvhd` with 1,000 ticks a second.
pub(super) fn mvhd() -> Vec<u8> {
    let mut body = words(&[2_082_844_800 + 86_400, 0, 1_000, 0, 0x1_0000, 0x100_0000, 0, 0]);
    body.extend(matrix());
    body.extend(words(&[0, 0, 0, 0, 0, 0, 9]));
    full(b"mvhd", &[&body])
}

fn matrix() -> Vec<u8> {
    words(&[0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000])
}

/// What a track is made of.
pub(super) struct Track<'a> {
    pub id: u32,
    pub handler: &'a [u8; 4],
    pub timescale: u32,
    pub edits: &'a [u8],
    pub more: &'a [u8],
    pub stbl: &'a [&'a [u8]],
}

impl Track<'_> {
    pub(super) fn trak(&self) -> Vec<u8> {
        let mut header = words(&[0, 0, self.id, 0, 0, 0, 0, 0, 0]);
        header.extend(matrix());
        header.extend(words(&[320 << 16, 240 << 16]));
        let mdhd = full(b"mdhd", &[&words(&[0, 0, self.timescale, 0]), &[0x15, 0xC7, 0, 0]]);
        let hdlr = full(b"hdlr", &[&[0; 4], self.handler, &[0; 12], b"SomeHandler\0"]);
        let minf = boxed(b"minf", &[&boxed(b"stbl", self.stbl)]);
        let mdia = boxed(b"mdia", &[&mdhd, &hdlr, &minf]);
        let edits = if self.edits.is_empty() { Vec::new() } else { boxed(b"edts", &[self.edits]) };
        boxed(b"trak", &[&flagged(b"tkhd", 1, &[&header]), &edits, &mdia, self.more])
    }
}

/// An entry for pictures, and an `stsd` around it.
pub(super) fn pictures(kind: &[u8; 4], boxes: &[u8]) -> Vec<u8> {
    let mut fields = vec![0; 24];
    fields.extend([1, 64, 0, 240]);
    fields.extend([0; 50]);
    boxed(kind, &[&fields, boxes])
}

/// An entry for sound.
pub(super) fn sound(kind: &[u8; 4], bits: u8, rate: u16, boxes: &[u8]) -> Vec<u8> {
    let mut fields = vec![0; 16];
    fields.extend([0, 2, 0, bits, 0, 0, 0, 0]);
    fields.extend((u32::from(rate) << 16).to_be_bytes());
    boxed(kind, &[&fields, boxes])
}

/// The list of entries.
pub(super) fn stsd(entries: &[&[u8]]) -> Vec<u8> {
    let count = u32::try_from(entries.len()).unwrap();
    full(b"stsd", &[&words(&[count]), &entries.concat()])
}

/// An edit list: duration, media time.
pub(super) fn elst(edits: &[(u32, i32)]) -> Vec<u8> {
    let all: Vec<u32> =
        edits.iter().flat_map(|(length, at)| [*length, at.cast_unsigned(), 0x1_0000]).collect();
    table(b"elst", 3, &all)
}

/// AAC in an `esds` box.
pub(super) fn esds() -> Vec<u8> {
    full(b"esds", &[&[3, 22, 0, 1, 0, 4, 17, 0x40, 0x15], &[0; 11], &[5, 2, 0x11, 0x90]])
}

/// Where media begin in [`film`].
pub(super) const MEDIA: u32 = 28;

/// Six pictures I P B B I P of 40 ms and ten frames of sound, primed by one, with a subtitle and
/// two chapters; `moov` last.
pub(super) fn film() -> Vec<u8> {
    let mut file = boxed(b"ftyp", &[b"isom\0\0\0\0mp42"]);
    let media: Vec<u8> = (0..200).collect();
    file.extend(boxed(b"mdat", &[&media]));
    assert_eq!(MEDIA, 20 + 8);
    file.extend(boxed(b"moov", &[&mvhd(), &video(), &audio(), &text(), &udta()]));
    file
}

pub(super) fn video() -> Vec<u8> {
    let boxes = [boxed(b"avcC", &[&[1, 66, 0, 30, 0xFF]]), boxed(b"pasp", &[&words(&[4, 3])])];
    Track {
        id: 1,
        handler: b"vide",
        timescale: 1_000,
        edits: &elst(&[(240, 40)]),
        more: &[],
        stbl: &[
            &stsd(&[&pictures(b"avc1", &boxes.concat())]),
            &table(b"stts", 2, &[6, 40]),
            &table(b"ctts", 2, &[1, 40, 1, 120, 2, 0, 2, 40]),
            &table(b"stsc", 3, &[1, 3, 1, 2, 1, 1]),
            &full(b"stsz", &[&words(&[0, 6, 20, 5, 4, 3, 18, 6])]),
            &table(b"stco", 1, &[MEDIA, MEDIA + 60, MEDIA + 80, MEDIA + 100]),
            &table(b"stss", 1, &[1, 5]),
        ],
    }
    .trak()
}

pub(super) fn audio() -> Vec<u8> {
    Track {
        id: 2,
        handler: b"soun",
        timescale: 48_000,
        edits: &elst(&[(192, 1_024)]),
        more: &[],
        stbl: &[
            &stsd(&[&sound(b"mp4a", 16, 48_000, &esds())]),
            &table(b"stts", 2, &[9, 1_024, 1, 500]),
            &table(b"stsc", 3, &[1, 10, 1]),
            &full(b"stsz", &[&words(&[4, 10])]),
            &full(b"co64", &[&words(&[1, 0, MEDIA + 120])]),
        ],
    }
    .trak()
}

fn text() -> Vec<u8> {
    Track {
        id: 3,
        handler: b"sbtl",
        timescale: 1_000,
        edits: &[],
        more: &boxed(b"udta", &[&boxed(b"name", &[b"Signs"])]),
        stbl: &[
            &stsd(&[&boxed(b"tx3g", &[&[0; 8], &words(&[0x8000_0000, 0, 0, 0, 0])])]),
            &table(b"stts", 2, &[2, 120]),
            &table(b"stsc", 3, &[1, 2, 1]),
            &full(b"stsz", &[&words(&[2, 2])]),
            &table(b"stco", 1, &[MEDIA + 180]),
        ],
    }
    .trak()
}

fn udta() -> Vec<u8> {
    let entries =
        [&[2][..], &0u64.to_be_bytes(), b"\x03One", &1_200_000u64.to_be_bytes(), b"\x03Two"];
    let chpl = boxed(b"chpl", &[&[1, 0, 0, 0, 0, 0, 0, 0], &entries.concat()]);
    let name = boxed(b"\xA9nam", &[&boxed(b"data", &[&words(&[1, 0]), b"A film"])]);
    let cover = boxed(b"covr", &[&boxed(b"data", &[&words(&[14, 0]), &[9; 12]])]);
    let hdlr = full(b"hdlr", &[&[0; 4], b"mdir", &[0; 13]]);
    let meta = full(b"meta", &[&hdlr, &boxed(b"ilst", &[&name, &cover])]);
    boxed(b"udta", &[&chpl, &meta])
}

/// The same pictures in two fragments, one with every field, one with defaults only.
pub(super) fn fragments() -> Vec<u8> {
    let track = Track {
        id: 1,
        handler: b"vide",
        timescale: 1_000,
        edits: &[],
        more: &[],
        stbl: &[&stsd(&[&pictures(b"avc1", &boxed(b"avcC", &[&[1, 66, 0, 30, 0xFF]]))])],
    };
    let trex = full(b"trex", &[&words(&[1, 1, 40, 7, 0x1_0000])]);
    let moov = boxed(b"moov", &[&mvhd(), &track.trak(), &boxed(b"mvex", &[&trex])]);
    let mut file = [boxed(b"ftyp", &[b"iso5\0\0\0\0iso5"]), moov].concat();
    let run = |flags: u32, fields: &[u32]| flagged(b"trun", flags, &[&words(fields)]);
    let moof = |time: u32, run: Vec<u8>| {
        let tfhd = flagged(b"tfhd", 0x2_0000, &[&words(&[1])]);
        let tfdt = full(b"tfdt", &[&words(&[time])]);
        boxed(b"moof", &[&full(b"mfhd", &[&words(&[1])]), &boxed(b"traf", &[&tfhd, &tfdt, &run])])
    };
    let full_run = |offset: u32| {
        let samples = [40, 20, 0, 40, 40, 5, 0x1_0000, 80, 40, 4, 0x1_0000, 0];
        run(0x1_0F01, &[&[3, offset][..], &samples].concat())
    };
    let size = u32::try_from(moof(0, full_run(0)).len()).unwrap();
    file.extend(moof(0, full_run(size + 8)));
    file.extend(boxed(b"mdat", &[&[1; 29]]));
    let short_run = |offset: u32| run(0x5, &[3, offset, 0]);
    let size = u32::try_from(moof(120, short_run(0)).len()).unwrap();
    file.extend(moof(120, short_run(size + 8)));
    file.extend(boxed(b"mdat", &[&[2; 21]]));
    file
}
