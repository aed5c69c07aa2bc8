//! Many real files: one tiny clip over and over, with other media in each, so that each is a video of its own.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, bail};

use super::Stage;
use crate::files::say;
use crate::peers::find;

/// How many of them lie in one folder.
const IN_A_FOLDER: u64 = 100;
/// How old they say they are.
const AGE: Duration = Duration::from_hours(1);
/// A mark that tells that all of them are there. Hidden, so that no scan sees it.
const WHOLE: &str = ".whole";

/// The media folder with so many clips; they are made if they are not there.
pub(super) fn folder(stage: &Stage, count: u64) -> Result<PathBuf> {
    let folder = stage.work.join("clips").join(count.to_string());
    if folder.join(WHOLE).is_file() {
        return Ok(folder);
    }
    say(&format!("making {count} files"));
    let clip = clip(&stage.work)?;
    let media = media_of(&clip)?;
    for number in 0..count {
        if number % IN_A_FOLDER == 0 {
            stage.stop.check()?;
            fs::create_dir_all(folder.join(folder_of(number)))
                .with_context(|| format!("could not make folders in {}", folder.display()))?;
        }
        let path = folder.join(folder_of(number)).join(format!("Clip number {number}.mp4"));
        let write = || -> std::io::Result<()> {
            let mut file = File::create(&path)?;
            file.write_all(&varied(&clip, media, number))?;
            // A file that has just been written to may still grow: a scan would leave it for later.
            file.set_modified(SystemTime::now() - AGE)
        };
        write().with_context(|| format!("could not write {}", path.display()))?;
    }
    fs::write(folder.join(WHOLE), "")?;
    Ok(folder)
}

fn folder_of(number: u64) -> String {
    format!("Shelf {:02}/Box {:04}", number / IN_A_FOLDER % 25, number / IN_A_FOLDER)
}

/// A second of a small grey picture.
fn clip(work: &Path) -> Result<Vec<u8>> {
    let Some(ffmpeg) = find("ffmpeg") else {
        bail!("ffmpeg is not installed; the Debian package is: ffmpeg")
    };
    let path = work.join("clip.mp4");
    let status = Command::new(ffmpeg)
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=64x64:rate=5:duration=1"])
        .args(["-c:v", "libx264", "-preset", "veryslow", "-crf", "40", "-pix_fmt", "yuv420p"])
        .args(["-bsf:v", "filter_units=remove_types=6", "-movflags", "+faststart"])
        .arg(&path)
        .stdin(Stdio::null())
        .status()
        .context("could not run ffmpeg")?;
    if !status.success() {
        bail!("ffmpeg could not make a clip: {status}");
    }
    fs::read(&path).with_context(|| format!("could not read {}", path.display()))
}

/// Where the media are: the contents of the `mdat` box (ISO/IEC 14496-12, 8.1.1), half-open.
fn media_of(clip: &[u8]) -> Result<(usize, usize)> {
    let mut at = 0;
    while let Some(header) = clip.get(at..at + 8) {
        let (length, kind) = header.split_at(4);
        let length = u32::from_be_bytes(length.try_into()?);
        let end = at + usize::try_from(length)?;
        if kind == b"mdat" && end >= at + 16 && end <= clip.len() {
            return Ok((at + 8, end));
        }
        if length < 8 {
            break;
        }
        at = end;
    }
    bail!("the clip has no media; was it made by ffmpeg?")
}

/// The clip with a number at the end of its media.
fn varied(clip: &[u8], (_, end): (usize, usize), number: u64) -> Vec<u8> {
    let mut clip = clip.to_owned();
    if let Some(last) = clip.get_mut(end - 8..end) {
        last.copy_from_slice(&(number + 1).to_be_bytes());
    }
    clip
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn clips_differ_in_their_media_only() {
        let clip =
            [&[0, 0, 0, 8][..], b"ftyp", &[0, 0, 0, 24], b"mdat", &[7; 16], &[0, 0, 0, 8], b"moov"]
                .concat();
        let media = media_of(&clip).unwrap();
        assert_eq!(media, (16, 32));
        let (one, two) = (varied(&clip, media, 1), varied(&clip, media, 2));
        assert!(one != two && one.get(..24) == two.get(..24) && one.get(32..) == clip.get(32..));
        assert!(media_of(b"\0\0\0\x08ftyp").is_err());
    }
}
