//! A few silent seconds of a video, for the pointer that rests on it.

use std::{
    ffi::OsString,
    fs::File,
    io::{Read as _, Seek as _},
    process::Stdio,
};

use media::{Ratio, Sample};

use crate::{
    NoPicture, Preview, Subject, Urgency, Workshop, choice, ffmpeg, foreign, hdr,
    kinds::Form,
    moments,
    process::{self, Ends},
    reel::{Fed, Reel, Shot},
    workshop::{Input, threads},
};

/// The longest side, in pixels.
pub(crate) const SIDE: u32 = 320;
/// How long each moment is shown, in milliseconds.
pub(crate) const SHOT_MS: u64 = 1_300;
/// The most bytes.
const BYTES: u64 = 400_000;
/// Beyond so many pictures a second nobody sees a difference at this size.
const RATE: u32 = 31;

impl Workshop {
    /// A preview of about five seconds, or of all of a shorter video. `moments_ms` are where it
    /// had better look ([`Stills::moments_ms`](crate::Stills)); empty for evenly spread ones.
    pub async fn preview(
        &self,
        subject: &Subject,
        moments_ms: &[u64],
        urgency: Urgency,
    ) -> Result<Preview, NoPicture> {
        if let Subject::Film(film) = subject
            && let Some(reel) = Reel::of(film)
        {
            match self.preview_of_reel(&reel, moments_ms, urgency).await {
                Err(NoPicture::Damaged(_)) => {}
                made => return made,
            }
        }
        foreign::preview(self, subject, moments_ms, urgency).await
    }

    async fn preview_of_reel(
        &self,
        reel: &Reel,
        moments_ms: &[u64],
        urgency: Urgency,
    ) -> Result<Preview, NoPicture> {
        let keys = reel.keys_ms();
        let duration = reel.duration_ms();
        let moments = moments::choose(moments_ms, duration, SHOT_MS);
        let mut begins: Vec<usize> =
            moments.iter().filter_map(|moment| choice::near(&keys, *moment)).collect();
        begins.dedup();
        // Where there are fewer key pictures than moments, each is shown for longer.
        let each = SHOT_MS * 4 / (begins.len() as u64).max(1);
        let mut runs: Vec<Vec<Sample>> = Vec::new();
        for (place, key) in begins.iter().enumerate() {
            let until = begins.get(place + 1).and_then(|next| keys.get(*next)).copied();
            let from = keys.get(*key).copied().unwrap_or(0);
            let most = until.map_or(u64::MAX, |until| until.saturating_sub(from));
            runs.push(reel.run(*key, each.min(most)).await?.samples);
        }
        runs.retain(|run| !run.is_empty());
        let shots: Vec<Shot> =
            moments::retimed(runs, reel.track()).into_iter().map(Shot::Run).collect();
        let rate = rate(reel.track().video().and_then(|video| video.frame_rate));
        let mut arguments = ffmpeg::quietly();
        arguments.extend(ffmpeg::from_pipe(threads(urgency)));
        let look = hdr::filters(SIDE, hdr::transfer(reel.track()));
        arguments.extend(["-vf".into(), look.into()]);
        arguments.extend(encode(&rate));
        let fed = Fed::default();
        self.encode(Input::Reel(reel, &shots, &fed), arguments, urgency).await
    }

    /// Runs ffmpeg, which writes into a file without a name; what is in it gets its name here.
    pub(crate) async fn encode(
        &self,
        input: Input<'_>,
        arguments: Vec<OsString>,
        urgency: Urgency,
    ) -> Result<Preview, NoPicture> {
        let unkept = |error: &std::io::Error| NoPicture::unkept(error);
        let mut into = nameless().map_err(|error| unkept(&error))?;
        let output = into.try_clone().map_err(|error| unkept(&error))?;
        let ends = Ends { input: input.stdio()?, output: Stdio::from(output) };
        let with = async |stdin, _| input.feed(stdin).await;
        let (program, manner) = (&self.tools().ffmpeg, self.manner(urgency));
        let ended = process::run("ffmpeg", program, arguments, ends, manner, with).await?;
        let mut bytes = Vec::new();
        into.rewind().map_err(|error| unkept(&error))?;
        into.read_to_end(&mut bytes).map_err(|error| unkept(&error))?;
        let header = header(&bytes).filter(|_| ended.status.success());
        let Some((width, height, duration_ms)) = header else {
            return Err(ffmpeg::meaning(&ended.said));
        };
        let length = bytes.len() as u64;
        let file = self.desk(move |pictures| pictures.keep(&bytes, Form::Mp4)).await?;
        Ok(Preview { file, width, height, duration_ms, bytes: length })
    }
}

/// A file that nobody else can open and that goes away by itself.
#[cfg(target_os = "linux")]
fn nameless() -> std::io::Result<File> {
    use rustix::fs::{MemfdFlags, memfd_create};
    Ok(File::from(memfd_create("preview", MemfdFlags::CLOEXEC)?))
}

#[cfg(not(target_os = "linux"))]
fn nameless() -> std::io::Result<File> {
    let path = std::env::temp_dir().join(format!("vidicon-preview-{}", std::process::id()));
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

/// H.264 that everything plays, and begins at once.
pub(crate) fn encode(rate: &str) -> Vec<OsString> {
    let most = BYTES.to_string();
    ffmpeg::words(&[
        "-an",
        "-sn",
        "-dn",
        "-map_metadata",
        "-1",
        "-map_chapters",
        "-1",
        "-r",
        rate,
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-profile:v",
        "baseline",
        "-pix_fmt",
        "yuv420p",
        "-crf",
        "27",
        "-maxrate",
        "500k",
        "-bufsize",
        "500k",
        "-g",
        "250",
        "-threads:v",
        "1",
        "-movflags",
        "+faststart",
        "-fs",
        &most,
        "-y",
        "-f",
        "mp4",
        "file:/dev/stdout",
    ])
}

/// How many pictures a second a preview has: those of the film, or half of them.
fn rate(of: Option<Ratio>) -> String {
    let Some(Ratio { num, den }) = of.filter(|rate| rate.num / rate.den >= 5) else {
        return "25".to_owned();
    };
    let mut halves = 1u64;
    while u64::from(num) / (u64::from(den) * halves) >= u64::from(RATE) {
        halves *= 2;
    }
    format!("{num}/{}", u64::from(den) * halves)
}

/// Width, height and duration in milliseconds of an MP4 that is whole.
fn header(bytes: &[u8]) -> Option<(u32, u32, u64)> {
    let index = isobmff::read::read(&bytes.to_vec(), &media::Budget::default()).ok()?;
    let video = index.tracks.iter().find_map(media::Track::video)?;
    let duration = u64::try_from(index.duration_micros() / 1000).ok()?;
    Some((video.width, video.height, duration))
}

#[cfg(test)]
mod tests;
