//! The tables at the begin of a segment [ISO/IEC 13818-1, 2.4.4].

use media::Language;

use crate::{
    packet::{SIZE, SYNC},
    psi::crc,
};

/// The PID of the program map.
const MAP: u16 = 0x1000;
/// The PID of the pictures.
pub(super) const VIDEO: u16 = 0x100;
/// The PID of the sound.
pub(super) const AUDIO: u16 = 0x101;

/// A stream, as the program map names it.
pub(super) struct Entry {
    pub(super) pid: u16,
    pub(super) kind: u8,
    pub(super) descriptors: Vec<u8>,
}

/// Both tables in a packet each. The clock is in the first stream.
pub(super) fn tables(entries: &[Entry], counter: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(2 * SIZE);
    let mut association = vec![0, 1];
    association.extend_from_slice(&pid(MAP));
    packet(0, counter, &section(0x00, &association), &mut out);
    let clock = entries.first().map_or(0x1fff, |entry| entry.pid);
    let mut map = pid(clock).to_vec();
    map.extend_from_slice(&[0xf0, 0]);
    for entry in entries {
        map.push(entry.kind);
        map.extend_from_slice(&pid(entry.pid));
        map.push(0xf0);
        map.push(u8::try_from(entry.descriptors.len()).unwrap_or(0));
        map.extend_from_slice(&entry.descriptors);
    }
    packet(MAP, counter, &section(0x02, &map), &mut out);
    out
}

/// A registration descriptor [2.6.8].
pub(super) fn registration(name: [u8; 4]) -> Vec<u8> {
    let mut out = vec![0x05, 4];
    out.extend_from_slice(&name);
    out
}

/// A language descriptor [2.6.18]; none for a language without a code of three letters.
pub(super) fn language(language: Option<&Language>) -> Vec<u8> {
    let Some(code) = language.and_then(Language::three_letters) else { return Vec::new() };
    let mut out = vec![0x0a, 4];
    out.extend_from_slice(&code);
    out.push(0);
    out
}

fn pid(pid: u16) -> [u8; 2] {
    (0xe000 | pid).to_be_bytes()
}

fn section(table: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 9).unwrap_or(0);
    let [high, low] = (0xb000 | length).to_be_bytes();
    // Of program, or stream, 1; version 0; in force; the only section.
    let mut out = vec![table, high, low, 0, 1, 0xc1, 0, 0];
    out.extend_from_slice(body);
    let crc = crc(&out);
    out.extend_from_slice(&crc.to_be_bytes());
    out
}

fn packet(pid: u16, counter: u8, section: &[u8], out: &mut Vec<u8>) {
    let end = out.len() + SIZE;
    let [high, low] = (0x4000 | pid).to_be_bytes();
    out.extend_from_slice(&[SYNC, high, low, 0x10 | counter & 0x0f, 0]);
    out.extend_from_slice(section);
    out.resize(end, 0xff);
}
