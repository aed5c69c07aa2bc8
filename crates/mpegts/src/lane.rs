//! One stream of pictures or sound while the file is read.

use std::collections::VecDeque;

use media::{Codec, Raw, Source, Timescale, rescale_round};

use crate::{
    audio,
    clock::{Clock, Jump, SECOND},
    frame::Coding,
    gather::IN_BAND,
    nal::Kind,
    packet::{Continuity, Follows, Packet, SIZE},
    pes::{Place, Stamp, Unwrap},
    psi::{Content, Stream},
    video,
};

/// What counts as a jump backwards; less is a writer's unsteady hand.
const BACK: i64 = SECOND / 2;
/// What counts as a jump where the stream itself says that there may be one.
const ANNOUNCED: i64 = SECOND / 10;
/// Packets of a stream that are further apart have nothing to do with one another.
const APART: u64 = 32 << 20;
/// Sound that is off by no more is where it should be: 1 ms of 90 kHz.
const UNSTEADY: i64 = 90;
/// Sound that is off by no more may only be stamped wrongly, 200 ms of 90 kHz…
const ASTRAY: i64 = SECOND / 5;
/// …unless as many stamps agree.
const AGREE: u32 = 4;

/// What becomes of the payload.
#[derive(Debug)]
pub(crate) enum Parts {
    Video(Box<video::Splitter>),
    Audio(Box<audio::Splitter>),
    /// Only its times are looked at.
    None,
}

/// One stream while the file is read.
#[derive(Debug)]
pub(crate) struct Lane {
    pub(crate) stream: Stream,
    pub(crate) parts: Parts,
    /// Samples in decode order; times in ticks of `scale`.
    pub(crate) samples: Vec<Raw>,
    pub(crate) scale: Timescale,
    pub(crate) jumps: Vec<Jump>,
    /// Ticks of `scale` from one sample to the next.
    pub(crate) step: i64,
    /// Earliest and latest stamp.
    pub(crate) span: Option<(i64, i64)>,
    pub(crate) faults: Faults,
    continuity: Continuity,
    last_packet: u64,
    unwrap: Unwrap,
    packets: u64,
    /// Stamps of PES packets by their numbers: presentation and decode time.
    stamps: VecDeque<(u32, i64, i64)>,
    /// When the next sample is to be expected: decode time of pictures, time of sound.
    next: Option<i64>,
    /// The presentation time of the last picture.
    last_shown: i64,
    /// Whether a jump was announced.
    announced: bool,
    /// Sound that may be elsewhere than it should be.
    astray: Option<Astray>,
}

/// Stamps of sound that do not agree with the frames before them.
#[derive(Clone, Copy, Debug)]
struct Astray {
    /// The first sample with such a stamp.
    sample: usize,
    /// By how much, in ticks of 90 kHz.
    by: i64,
    /// How many there were in a row.
    count: u32,
}

/// What was wrong with a stream.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    /// Where packets are missing: how often, and where first.
    pub(crate) gaps: (u64, u64),
    /// Packets that nobody can read.
    pub(crate) scrambled: u64,
    /// Packets that the receiver knew to be damaged.
    pub(crate) damaged: u64,
    /// Samples too large to be any.
    pub(crate) oversize: u64,
}

impl Lane {
    pub(crate) fn new(stream: Stream) -> Self {
        let parts = match &stream.content {
            Content::Video(Codec::Hevc) => Parts::Video(Box::new(video::Splitter::new(Kind::Hevc))),
            Content::Video(_) => Parts::Video(Box::new(video::Splitter::new(Kind::H264))),
            Content::Audio(codec) => Parts::Audio(Box::new(audio::Splitter::new(match codec {
                Codec::Aac => Coding::Aac,
                Codec::Mp2 | Codec::Mp3 => Coding::Mpeg,
                _ => Coding::Ac3,
            }))),
            _ => Parts::None,
        };
        Self {
            stream,
            parts,
            samples: Vec::new(),
            scale: Timescale::MPEG,
            jumps: Vec::new(),
            step: 3600,
            span: None,
            faults: Faults::default(),
            continuity: Continuity::default(),
            last_packet: 0,
            unwrap: Unwrap::default(),
            packets: 0,
            stamps: VecDeque::new(),
            next: None,
            last_shown: 0,
            announced: false,
            astray: None,
        }
    }

    /// Takes a packet of this stream.
    #[inline]
    pub(crate) fn packet(
        &mut self,
        source: &dyn Source,
        clock: &mut Clock,
        position: u64,
        bytes: &[u8; SIZE],
        packet: &Packet<'_>,
    ) {
        if packet.error || packet.scrambled {
            self.faults.damaged += u64::from(packet.error);
            self.faults.scrambled += u64::from(packet.scrambled && !packet.error);
            return;
        }
        self.announced |= packet.discontinuity();
        let Some(payload) = packet.payload else { return };
        self.packets += 1;
        match self.continuity.follow(source, position, bytes, packet) {
            Follows::Next if position - self.last_packet > APART => self.cut(),
            Follows::Next => {}
            Follows::Again => return,
            Follows::Gap(unannounced) => self.gap(position, unannounced),
        }
        self.last_packet = position;
        let Some(piece) = self.unwrap.feed(position, packet.start, payload) else { return };
        if let Some(stamp) = piece.stamp {
            self.begin(clock, stamp, packet.random_access());
        }
        match &mut self.parts {
            Parts::Video(splitter) => splitter.feed(piece.place, piece.data),
            Parts::Audio(splitter) => splitter.feed(piece.place, piece.data),
            Parts::None => return,
        }
        self.take();
    }

    /// The end of the file.
    pub(crate) fn finish(&mut self) {
        self.cut();
    }

    fn gap(&mut self, position: u64, unannounced: bool) {
        if unannounced {
            let (count, first) = self.faults.gaps;
            self.faults.gaps = (count + 1, if count == 0 { position } else { first });
            // A writer that does not count, rather than one packet in two lost.
            if self.packets > 16 && count * 2 > self.packets {
                return;
            }
        }
        self.cut();
    }

    fn cut(&mut self) {
        self.unwrap.cut();
        match &mut self.parts {
            Parts::Video(splitter) => splitter.cut(),
            Parts::Audio(splitter) => splitter.cut(),
            Parts::None => {}
        }
        self.take();
    }

    /// A PES packet begins.
    fn begin(&mut self, clock: &mut Clock, stamp: Stamp, random_access: bool) {
        let pes = match &mut self.parts {
            Parts::Video(splitter) => splitter.begin(random_access),
            Parts::Audio(splitter) => splitter.begin(),
            Parts::None => 0,
        };
        let Some(pts) = stamp.pts else { return };
        // Decode times follow one another; presentation times are near them.
        let dts = clock.unwrap(stamp.dts.unwrap_or(pts));
        let pts = Clock::at(dts).unwrap(pts);
        let (first, last) = self.span.unwrap_or((pts, pts));
        self.span = Some((first.min(pts), last.max(pts)));
        if !matches!(self.parts, Parts::None) {
            self.stamps.push_back((pes, pts, dts));
            if self.stamps.len() > 64 {
                self.stamps.pop_front();
            }
        }
    }

    /// The stamp of this PES packet, once.
    fn stamp(&mut self, pes: u32) -> Option<(i64, i64)> {
        while let Some((number, pts, dts)) = self.stamps.front().copied() {
            if number > pes {
                break;
            }
            self.stamps.pop_front();
            if number == pes {
                return Some((pts, dts));
            }
        }
        None
    }

    /// Takes the samples that are whole.
    fn take(&mut self) {
        match &mut self.parts {
            Parts::Video(splitter) => {
                let pictures: Vec<_> = splitter.take().collect();
                for picture in pictures {
                    self.picture(&picture);
                }
            }
            Parts::Audio(splitter) => {
                let rate = splitter.first().and_then(|(header, _)| Timescale::new(header.rate));
                let frames: Vec<_> = splitter.take().collect();
                for frame in frames {
                    self.scale = rate.unwrap_or(self.scale);
                    self.frame(&frame);
                }
            }
            Parts::None => {}
        }
    }

    fn picture(&mut self, picture: &video::Picture) {
        let stamp = self.stamp(picture.pes);
        let expected = self.next;
        let (time, decode) = match (stamp, expected) {
            (Some(stamp), _) => stamp,
            (None, Some(next)) => (self.last_shown + self.step, next),
            // Nothing is known of the time yet.
            (None, None) => return,
        };
        if let Some(expected) = expected.filter(|_| stamp.is_some()) {
            let by = decode - expected;
            if !self.jumped(by, by > (4 * self.step).max(SECOND), picture.place) {
                let step = by + self.step;
                self.step = if (1..=10 * SECOND).contains(&step) { step } else { self.step };
            }
        }
        self.next = Some(decode + self.step);
        self.last_shown = time;
        let mark = if picture.in_band { IN_BAND } else { 0 };
        let sample = Raw {
            offset: picture.place.offset,
            size: u32::try_from(picture.size).unwrap_or(u32::MAX),
            skip: picture.place.skip & !IN_BAND | mark,
            time,
            key: picture.key,
            closed: picture.closed,
        };
        self.push(sample, picture.place);
    }

    fn frame(&mut self, frame: &audio::Frame) {
        let stamp = self.stamp(frame.pes);
        let ticks = |time| rescale_round(time, Timescale::MPEG, self.scale);
        self.step = i64::from(frame.samples);
        let time = match (stamp, self.next) {
            (None, None) => return,
            (None, Some(next)) => next,
            (Some((time, _)), None) => ticks(time),
            (Some((stamp, _)), Some(next)) => {
                let time = ticks(stamp);
                let by = stamp - rescale_round(next, self.scale, Timescale::MPEG);
                if by.abs() <= UNSTEADY {
                    self.astray = None;
                    next
                } else if by.abs() <= ASTRAY {
                    next + self.stray(by)
                } else {
                    self.astray = None;
                    self.jumped(by, by > SECOND, frame.place);
                    time
                }
            }
        };
        self.next = Some(time + self.step);
        let Place { offset, skip } = frame.place;
        self.push(
            Raw { offset, size: frame.size, skip, time, key: true, closed: true },
            frame.place,
        );
    }

    /// The next sound is off by so much. It stays where it should be, for writers stamp frames a
    /// frame too late; once several stamps agree, all since the first are moved. Returns by how
    /// many ticks that moves what is to come.
    fn stray(&mut self, by: i64) -> i64 {
        let sample = self.samples.len();
        let agrees = |astray: &Astray| (astray.by - by).abs() <= UNSTEADY;
        let before = self.astray.filter(agrees).unwrap_or(Astray { sample, by, count: 0 });
        let astray = Astray { count: before.count + 1, ..before };
        self.astray = Some(astray);
        if astray.count < AGREE {
            return 0;
        }
        self.astray = None;
        let ticks = rescale_round(by, Timescale::MPEG, self.scale);
        for sample in self.samples.get_mut(astray.sample..).unwrap_or_default() {
            sample.time += ticks;
        }
        ticks
    }

    /// Notes a jump, if it is one.
    fn jumped(&mut self, by: i64, ahead: bool, place: Place) -> bool {
        let announced = std::mem::take(&mut self.announced) && by.abs() > ANNOUNCED;
        let jumped = ahead || by < -BACK || announced;
        if jumped {
            let sample = self.samples.len();
            self.jumps.push(Jump { sample, offset: place.offset, by, announced });
        }
        jumped
    }

    fn push(&mut self, sample: Raw, place: Place) {
        // Such a place cannot be told from one with parameter sets, such a size not be sent.
        if place.skip >= IN_BAND || sample.size > u32::MAX >> 1 || sample.size == 0 {
            self.faults.oversize += 1;
            return;
        }
        self.samples.push(sample);
    }
}
