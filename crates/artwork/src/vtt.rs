//! A storyboard as WebVTT: which part of which sheet is shown for which time. Pure.

use std::fmt::Write as _;

use crate::Storyboard;

/// The cues of a storyboard; `sheet` gives the address of a sheet by its number, from 0. Each tile
/// is shown for the times to which it is nearest. Addresses are of our own making: one with an end
/// of line in it would end its cue.
pub fn storyboard_vtt(storyboard: &Storyboard, sheet: impl Fn(usize) -> String) -> String {
    let mut text = "WEBVTT\n".to_owned();
    let columns = storyboard.columns.max(1) as usize;
    let each = columns * storyboard.rows.max(1) as usize;
    let count = (storyboard.count as usize).min(storyboard.times_ms.len());
    let times = storyboard.times_ms.get(..count).unwrap_or_default();
    let mut start = 0;
    for (number, time) in times.iter().enumerate() {
        let end = match times.get(number + 1) {
            Some(next) => time.midpoint(*next),
            None => storyboard.duration_ms.max(start + 1),
        };
        if end <= start {
            continue;
        }
        let place = number % each;
        let (width, height) = (storyboard.tile_width, storyboard.tile_height);
        let x = (place % columns) * width as usize;
        let y = (place / columns) * height as usize;
        let (from, to, sheet) = (clock(start), clock(end), sheet(number / each));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "\n{from} --> {to}\n{sheet}#xywh={x},{y},{width},{height}");
        start = end;
    }
    text
}

fn clock(ms: u64) -> String {
    let (seconds, millis) = (ms / 1000, ms % 1000);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}.{millis:03}", seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PictureFile, kinds::Form};

    #[test]
    fn cues_tile_the_whole_video_and_point_at_their_tiles() {
        let sheet = PictureFile::of(b"", Form::Jpeg);
        let storyboard = Storyboard {
            sheets: vec![sheet.clone(), sheet],
            columns: 2,
            rows: 1,
            tile_width: 160,
            tile_height: 90,
            interval_ms: 2_000,
            count: 3,
            times_ms: vec![1_000, 3_000, 3_600_000],
            duration_ms: 3_605_250,
        };
        assert_eq!(
            storyboard_vtt(&storyboard, |number| format!("storyboard-{number}.jpg?v=1")),
            "WEBVTT\n\
             \n00:00:00.000 --> 00:00:02.000\nstoryboard-0.jpg?v=1#xywh=0,0,160,90\n\
             \n00:00:02.000 --> 00:30:01.500\nstoryboard-0.jpg?v=1#xywh=160,0,160,90\n\
             \n00:30:01.500 --> 01:00:05.250\nstoryboard-1.jpg?v=1#xywh=0,0,160,90\n"
        );
    }
}
