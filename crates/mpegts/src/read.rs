//! One pass over a file: tables, streams, samples.

use media::{Budget, Container, Index, Note, Source, Unreadable};

use crate::{
    clock::Clock,
    lane::Lane,
    packet::{Packet, Packets, Step, layout},
    psi::{Program, Sections, programs},
    tracks,
};

/// Bytes that are read at once.
const CHUNK: usize = 1 << 20;
/// How far into a file its tables are looked for. They come every second at the latest.
const TABLES_WITHIN: u64 = 32 << 20;
/// How often bounds are looked at, in packets: about every MiB.
const PACE: u32 = 5_600;
/// More streams than any program has.
const MOST_STREAMS: usize = 64;
/// What a sample costs while the file is read and its table is made, in bytes.
const SAMPLE_COST: u64 = 80;
/// PIDs there are.
const PIDS: usize = 1 << 13;
/// More notes of one kind tell nobody more.
const MOST_NOTES: usize = 16;

/// Reads a transport stream into an index.
///
/// Of several programs, it is the first that has pictures, else the first that has sound.
pub fn read(source: &dyn Source, budget: &Budget<'_>) -> Result<Index, Unreadable> {
    let mut start = vec![0; CHUNK / 8];
    let mut filled = 0;
    while let Some(free) = start.get_mut(filled..).filter(|free| !free.is_empty()) {
        match source.read_at(free, filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Unreadable::Damaged(format!("it cannot be read: {error}"))),
        }
    }
    start.truncate(filled);
    let (first, stride) = layout(&start)
        .ok_or_else(|| Unreadable::Unknown("no packets of a transport stream".to_owned()))?;
    let first = first as u64;
    let (program, map_pids) = find_program(source, budget, first, stride)?;
    let mut pass = Pass {
        source,
        slots: vec![Slot::None; PIDS],
        sections: Vec::new(),
        program: Some(program.number),
        lanes: Vec::new(),
        clock: Clock::default(),
        notes: Vec::new(),
    };
    pass.watch(0);
    for pid in map_pids {
        pass.watch(pid);
    }
    pass.streams(program, None);
    let read = pass.run(budget, first, stride)?;
    let mut notes = read;
    notes.append(&mut pass.notes);
    let tracks = tracks::build(source, budget, pass.lanes, stride, &mut notes)?;
    Ok(Index {
        container: Container::MpegTs,
        tracks,
        chapters: Vec::new(),
        attachments: Vec::new(),
        title: None,
        created: None,
        clusters: None,
        fast_start: true,
        notes,
    })
}

/// The program that is to be read, and the PIDs of its program map.
fn find_program(
    source: &dyn Source,
    budget: &Budget<'_>,
    first: u64,
    stride: usize,
) -> Result<(Program, Vec<u16>), Unreadable> {
    let mut packets = Packets::new(source, first, stride, CHUNK / 4);
    let mut association = Sections::default();
    let mut maps: Vec<(u16, u16, Sections, Option<Program>)> = Vec::new();
    let mut count = 0_u32;
    while packets.position().saturating_sub(first) < TABLES_WITHIN {
        count = count.wrapping_add(1);
        if count.is_multiple_of(PACE) {
            budget.time()?;
        }
        let bytes = match packets.step() {
            Ok(Step::Packet(_, bytes)) => bytes,
            Ok(Step::Garbage) => continue,
            Ok(Step::End) | Err(_) => break,
        };
        let packet = Packet::parse(bytes);
        let Some(payload) = packet.payload.filter(|_| !packet.error && !packet.scrambled) else {
            continue;
        };
        if packet.pid == 0 {
            association.feed(packet.start, payload, |section| {
                for (number, pid) in programs(section).unwrap_or_default() {
                    let known = maps.iter().any(|(known, _, _, _)| *known == number);
                    if !known && maps.len() < MOST_STREAMS {
                        maps.push((number, pid, Sections::default(), None));
                    }
                }
            });
        }
        for (number, _, sections, program) in
            maps.iter_mut().filter(|(_, pid, _, _)| *pid == packet.pid)
        {
            sections.feed(packet.start, payload, |section| {
                let found = Program::parse(section).filter(|found| found.number == *number);
                *program = program.take().or(found);
            });
        }
        if !maps.is_empty() && maps.iter().all(|(_, _, _, program)| program.is_some()) {
            break;
        }
    }
    let pick = |wanted: fn(&Program) -> bool| {
        maps.iter().find(|(_, _, _, program)| program.as_ref().is_some_and(wanted))
    };
    let found = pick(Program::has_video).or_else(|| pick(Program::has_audio));
    let program = found.and_then(|(_, pid, _, program)| Some((program.clone()?, vec![*pid])));
    program.ok_or_else(|| {
        Unreadable::Damaged(if maps.is_empty() {
            "there is no program table among its packets".to_owned()
        } else {
            "its program tables name no pictures and no sound".to_owned()
        })
    })
}

/// What is done with the packets of a PID.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Slot {
    None,
    Lane(u8),
    Sections(u8),
}

struct Pass<'a> {
    source: &'a dyn Source,
    slots: Vec<Slot>,
    sections: Vec<Sections>,
    /// The number of the program; `None` while another is waited for.
    program: Option<u16>,
    lanes: Vec<Lane>,
    clock: Clock,
    notes: Vec<Note>,
}

impl Pass<'_> {
    /// Reads all packets from `first` on.
    fn run(
        &mut self,
        budget: &Budget<'_>,
        first: u64,
        stride: usize,
    ) -> Result<Vec<Note>, Unreadable> {
        let mut packets = Packets::new(self.source, first, stride, CHUNK);
        let mut notes = Vec::new();
        let mut until = PACE;
        loop {
            until -= 1;
            if until == 0 {
                until = PACE;
                self.check(budget, packets.position())?;
            }
            match packets.step() {
                Ok(Step::Packet(position, bytes)) => {
                    let packet = Packet::parse(bytes);
                    match self.slots.get(usize::from(packet.pid)).copied().unwrap_or(Slot::None) {
                        Slot::Lane(at) => {
                            if let Some(lane) = self.lanes.get_mut(usize::from(at)) {
                                lane.packet(self.source, &mut self.clock, position, bytes, &packet);
                            }
                        }
                        Slot::Sections(at) => self.section(at, position, &packet),
                        Slot::None => {}
                    }
                }
                Ok(Step::Garbage) => self.check(budget, packets.position())?,
                Ok(Step::End) => break,
                Err(error) => {
                    let at = packets.position();
                    notes.push(Note {
                        text: format!("reading failed at byte {at}: {error}; the rest is missing"),
                        loss: true,
                    });
                    break;
                }
            }
        }
        for lane in &mut self.lanes {
            lane.finish();
        }
        self.check(budget, packets.position())?;
        // The first packet may have an arrival time before it.
        let first = if first < stride as u64 { 0 } else { first };
        let garbage = packets.garbage().saturating_add(first);
        if garbage > 0 {
            notes.push(Note {
                text: format!("{garbage} bytes between packets are no transport stream"),
                loss: garbage >= 188,
            });
        }
        Ok(notes)
    }

    fn check(&self, budget: &Budget<'_>, position: u64) -> Result<(), Unreadable> {
        let count = self.lanes.iter().map(|lane| lane.samples.len() as u64).sum::<u64>();
        budget.samples(count)?;
        budget.memory(count.saturating_mul(SAMPLE_COST))?;
        budget.time()?;
        (budget.progress)(position);
        Ok(())
    }

    /// Watches a PID for sections.
    fn watch(&mut self, pid: u16) {
        let number = u8::try_from(self.sections.len()).ok();
        let slot = self.slots.get_mut(usize::from(pid)).filter(|slot| **slot == Slot::None);
        if let Some((slot, number)) = slot.zip(number) {
            *slot = Slot::Sections(number);
            self.sections.push(Sections::default());
        }
    }

    fn section(&mut self, at: u8, position: u64, packet: &Packet<'_>) {
        let Some(payload) = packet.payload.filter(|_| !packet.error && !packet.scrambled) else {
            return;
        };
        let Some(sections) = self.sections.get_mut(usize::from(at)) else { return };
        let mut association = Vec::new();
        let mut found = None;
        sections.feed(packet.start, payload, |section| {
            association.extend(programs(section).filter(|_| packet.pid == 0).unwrap_or_default());
            found = found.take().or_else(|| Program::parse(section));
        });
        if !association.is_empty() {
            let number = self.program;
            if association.iter().all(|(known, _)| Some(*known) != number) {
                // Another recording begins; the first of its programs with pictures goes on.
                self.program = None;
            }
            for (number, pid) in association {
                if self.program.is_none_or(|wanted| wanted == number) {
                    self.watch(pid);
                }
            }
        }
        let Some(program) = found else { return };
        match self.program {
            Some(number) if number == program.number => self.streams(program, Some(position)),
            None if program.has_video() || program.has_audio() => {
                self.program = Some(program.number);
                self.streams(program, Some(position));
            }
            _ => {}
        }
    }

    /// Takes the streams of the program; `at` tells where, if not at the begin.
    fn streams(&mut self, program: Program, at: Option<u64>) {
        for stream in program.streams {
            let pid = stream.pid;
            if let Some(lane) = self.lanes.iter().find(|lane| lane.stream.pid == pid) {
                if lane.stream.content != stream.content {
                    let at = at.unwrap_or(0);
                    self.note(format!(
                        "stream {pid:#x} becomes something else at byte {at}; it is read as what \
                         it was"
                    ));
                }
                continue;
            }
            let number = u8::try_from(self.lanes.len()).ok();
            let number = number.filter(|_| self.lanes.len() < MOST_STREAMS);
            let slot = self.slots.get_mut(usize::from(pid)).filter(|slot| **slot == Slot::None);
            let Some((slot, number)) = slot.zip(number) else { continue };
            *slot = Slot::Lane(number);
            self.lanes.push(Lane::new(stream));
            if let Some(at) = at {
                self.note(format!("stream {pid:#x} appears only at byte {at}"));
            }
        }
    }

    fn note(&mut self, text: String) {
        let known = self.notes.iter().any(|note| note.text == text);
        if !known && self.notes.len() < MOST_NOTES {
            self.notes.push(Note { text, loss: false });
        }
    }
}
