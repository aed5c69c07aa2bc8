//! Poster and storyboard from one run over key pictures, and the picture of one moment.

use media::Sample;
use tokio::{sync::mpsc, task::spawn_blocking};

use crate::{
    NoPicture, Poster, Stills, Subject, Urgency, Workshop,
    album::{self, Album},
    choice::{self, Grid},
    ffmpeg, foreign, hdr,
    kinds::Origin,
    moments,
    pixels::{self, Pixels},
    reel::{Fed, Reel, Shot},
    workshop::{Input, threads},
};

/// The longest side of a poster, in pixels.
pub(crate) const SIDE: u32 = 640;
/// So many key pictures are few.
const FEW: usize = 10;
/// Where else to look, in hundredths of the length.
const BETWEEN: [u64; 4] = [50, 25, 75, 10];

impl Workshop {
    /// The poster and the storyboard of a video: one process, which gets at most a hundred key
    /// pictures. Of a file without an index ffmpeg goes over all of it, and an audio file's cover
    /// is its poster.
    pub async fn stills(&self, subject: &Subject, urgency: Urgency) -> Result<Stills, NoPicture> {
        if let Subject::Film(film) = subject
            && let Some(reel) = Reel::of(film)
        {
            match self.stills_of_reel(&reel, urgency).await {
                // It may know how to begin in spite of what our index says.
                Err(NoPicture::Damaged(_)) => {}
                made => return made,
            }
        }
        foreign::stills(self, subject, urgency).await
    }

    async fn stills_of_reel(&self, reel: &Reel, urgency: Urgency) -> Result<Stills, NoPicture> {
        let keys = reel.keys_ms();
        let grid = Grid::of(reel.duration_ms());
        let chosen = choice::nearest(&keys, grid);
        let times: Vec<u64> =
            chosen.iter().map(|key| keys.get(*key).copied().unwrap_or(0)).collect();
        let shots: Vec<Shot> = chosen.into_iter().map(Shot::Key).collect();
        let fed = Fed::default();
        let mut arguments = ffmpeg::quietly();
        arguments.extend(ffmpeg::from_pipe(threads(urgency)));
        arguments.extend(["-vf".into(), hdr::filters(SIDE, hdr::transfer(reel.track())).into()]);
        arguments.extend(ffmpeg::to_pixels(shots.len() as u64));
        let album = Album::new(reel.duration_ms(), grid.interval_ms);
        let time = |number| fed.get(number).and_then(|shot| times.get(shot).copied());
        let input = Input::Reel(reel, &shots, &fed);
        let mut album = self.fill(album, input, arguments, urgency, time).await?;
        if !album.shows() && keys.len() < FEW {
            self.look_between(&mut album, reel, urgency).await;
        }
        self.desk(move |pictures| album.keep(pictures)).await
    }

    /// Where key pictures are few and show nothing, other pictures may do for a poster.
    async fn look_between(&self, album: &mut Album, reel: &Reel, urgency: Urgency) {
        for percent in BETWEEN {
            let ms = reel.duration_ms().saturating_mul(percent) / 100;
            if let Ok(picture) = self.moment(reel, ms, urgency).await {
                album.consider(ms, picture);
            }
            if album.shows() {
                break;
            }
        }
    }

    /// Fills an album with what ffmpeg makes of an input; `time` is the moment of each picture.
    pub(crate) async fn fill(
        &self,
        album: Album,
        input: Input<'_>,
        arguments: Vec<std::ffi::OsString>,
        urgency: Urgency,
        time: impl Fn(usize) -> Option<u64>,
    ) -> Result<Album, NoPicture> {
        let (pixels, mut coming) = mpsc::channel::<Pixels>(2);
        let (shown, taken) = mpsc::channel(2);
        let filling = spawn_blocking(move || album.fill(taken));
        let pass_on = async move {
            let mut number = 0;
            while let Some(picture) = coming.recv().await {
                let Some(time) = time(number) else { break };
                if shown.send((time, picture)).await.is_err() {
                    break;
                }
                number += 1;
            }
        };
        let (decoded, ()) = tokio::join!(self.decode(input, arguments, urgency, pixels), pass_on);
        decoded?;
        filling.await.map_err(|_| NoPicture::Cancelled)
    }

    /// The picture that is shown at a moment, in milliseconds from the beginning, as the poster.
    pub async fn poster_at(
        &self,
        subject: &Subject,
        ms: u64,
        urgency: Urgency,
    ) -> Result<Poster, NoPicture> {
        let picture = match subject {
            Subject::Film(film) => match Reel::of(film) {
                Some(reel) => self.moment(&reel, ms, urgency).await?,
                None => foreign::moment(self, subject, ms, urgency).await?,
            },
            Subject::File(_) => foreign::moment(self, subject, ms, urgency).await?,
        };
        let from = Origin::Moment { ms };
        let keep = move |pictures: &_| album::poster(&picture, pixels::POSTER, from, pictures);
        self.desk(keep).await
    }

    async fn moment(&self, reel: &Reel, ms: u64, urgency: Urgency) -> Result<Pixels, NoPicture> {
        let keys = reel.keys_ms();
        let key = keys.partition_point(|time| *time <= ms).saturating_sub(1);
        let begins = keys.get(key).copied().unwrap_or(0);
        let after = ms.saturating_sub(begins);
        let mut samples = reel.run(key, after.saturating_add(1)).await?;
        let last = keep_until(&mut samples, reel, after);
        if samples.is_empty() {
            return Err(NoPicture::Damaged("no picture is where it should be".to_owned()));
        }
        let samples = moments::retimed(vec![samples], reel.track()).into_iter().next();
        let shots = [Shot::Run(samples.unwrap_or_default())];
        let mut arguments = ffmpeg::quietly();
        arguments.extend(ffmpeg::from_pipe(threads(urgency)));
        let look = hdr::filters(SIDE, hdr::transfer(reel.track()));
        // The last of those decoded that are shown up to the moment.
        let select = format!("select=gte(n\\,{last}),setpts=N/(25*TB),{look}");
        arguments.extend(["-vf".into(), select.into()]);
        arguments.extend(ffmpeg::to_pixels(1));
        let fed = Fed::default();
        self.one(Input::Reel(reel, &shots, &fed), arguments, urgency).await
    }
}

/// Leaves out what is not needed for the picture shown `after_ms` after the first; how many are
/// shown before it.
fn keep_until(samples: &mut Vec<Sample>, reel: &Reel, after_ms: u64) -> usize {
    let scale = reel.track().timescale;
    let after = i64::try_from(after_ms).unwrap_or(i64::MAX);
    let after = media::rescale_ceil(after, media::Timescale::MILLIS, scale);
    let shown = samples.first().map_or(0, Sample::presentation);
    let until = shown.saturating_add(after);
    let at = samples.iter().enumerate().filter(|(_, sample)| sample.presentation() <= until);
    let wanted = at.max_by_key(|(_, sample)| sample.presentation());
    let Some((position, wanted)) = wanted.map(|(position, sample)| (position, *sample)) else {
        return 0;
    };
    samples.truncate(position + 1);
    samples.iter().filter(|sample| sample.presentation() < wanted.presentation()).count()
}

#[cfg(test)]
mod tests;
