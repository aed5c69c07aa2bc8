//! The same segment by a process of ffmpeg, as servers without a packager make it.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use rustix::time::{ClockId, clock_gettime};

use super::film::FILMS;
use super::{Stage, program};
use crate::numbers::real;
use crate::page::{Cell, Page, Table};
use crate::procfs;

/// What ffmpeg says of its version.
pub(super) fn version() -> Result<String> {
    let output = Command::new(program("ffmpeg", "ffmpeg")?).arg("-version").output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(format!("ffmpeg {}", text.split_ascii_whitespace().nth(2).unwrap_or("unknown")))
}

/// Six seconds from the middle of each film, fragmented, by a pipe.
pub(super) fn measure(stage: &Stage, page: &mut Page) -> Result<()> {
    let mut table =
        Table::new(&["six seconds by ffmpeg", "n", "first byte ms", "whole ms", "CPU ms, mean"]);
    let program = program("ffmpeg", "ffmpeg")?;
    for film in FILMS {
        for ts in [false, true] {
            super::film::warm(stage, film)?;
            let (mut first, mut total) = (Vec::new(), Vec::new());
            let before = of_children()?;
            for _ in 0..stage.cold {
                stage.stop.check()?;
                let mut command = Command::new(&program);
                command.args(["-v", "error", "-ss", "3600", "-t", "6", "-i"]);
                command.arg(stage.work.file(film.file)).args(["-c", "copy", "-f"]);
                if ts {
                    command.arg("mpegts");
                } else {
                    let flags = "frag_keyframe+empty_moov+default_base_moof";
                    command.args(["mp4", "-movflags", flags]);
                }
                command.arg("pipe:1").stdin(Stdio::null()).stdout(Stdio::piped());
                let begin = Instant::now();
                let mut child = command.spawn().context("could not run ffmpeg")?;
                let mut out = child.stdout.take().context("ffmpeg has no output")?;
                let mut space = vec![0; 1 << 20];
                let mut count = out.read(&mut space)?;
                first.push(begin.elapsed().as_secs_f64() * 1e3);
                while count > 0 {
                    count = out.read(&mut space)?;
                }
                if !child.wait()?.success() {
                    bail!("ffmpeg could not cut {}", film.file);
                }
                total.push(begin.elapsed().as_secs_f64() * 1e3);
            }
            let cpu = (of_children()? - before) * 1e3 / real(stage.cold as u64);
            table.row(
                &format!("{}, {}", film.title, if ts { "TS" } else { "fMP4" }),
                [
                    Cell::Value(real(stage.cold as u64), 0),
                    Cell::Runs(first, 1),
                    Cell::Runs(total, 1),
                    Cell::Value(cpu, 0),
                ],
            );
        }
    }
    page.table(
        "The same by spawning ffmpeg",
        "`ffmpeg -ss 3600 -t 6 -i FILM -c copy -f mp4|mpegts pipe:1`, file in the page cache, on the core of the load \
         generator. Pictures and sound together.",
        &table,
    );
    Ok(())
}

/// Processor time of ended children in seconds: that of the process and them, without its own.
fn of_children() -> Result<f64> {
    let all = procfs::stat(std::process::id())?.ticks;
    let own = clock_gettime(ClockId::ProcessCPUTime);
    #[expect(clippy::cast_precision_loss, reason = "seconds and nanoseconds of one run")]
    let own = own.tv_sec as f64 + own.tv_nsec as f64 / 1e9;
    Ok(real(all) / real(rustix::param::clock_ticks_per_second()) - own)
}
