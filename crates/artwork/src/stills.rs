//! Poster and storyboard from one run over key pictures, and the picture of one moment.

use media::{Sample, Timescale};
use tokio::{sync::mpsc, task::spawn_blocking};

use crate::{
    NoPicture, Poster, Stills, Subject, Urgency, Workshop,
    album::{self, Album},
    choice::{self, Grid},
    ffmpeg, foreign, hdr,
    kinds::Origin,
    moments,
    pixels::{self, Pixels},
    reel::{Fed, Reel, Run, Shot},
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
            // One that is nearer to its key picture shows as much.
            let Ok(lead) = Lead::to(reel, ms).await else { continue };
            let shown_ms = lead.shown_ms;
            if let Ok(picture) = self.last_of(reel, lead, urgency).await {
                album.consider(shown_ms, picture);
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
        let picture = self.picture_at(subject, ms, urgency).await?;
        let from = Origin::Moment { ms };
        let keep = move |pictures: &_| album::poster(&picture, pixels::POSTER, from, pictures);
        self.desk(keep).await
    }

    async fn picture_at(
        &self,
        subject: &Subject,
        ms: u64,
        urgency: Urgency,
    ) -> Result<Pixels, NoPicture> {
        if let Subject::Film(film) = subject
            && let Some(reel) = Reel::of(film)
        {
            let made = match Lead::to(&reel, ms).await {
                // What leads to it is more than is handed over; ffmpeg can go over it by itself.
                Ok(lead) if lead.short => return foreign::moment(self, subject, ms, urgency).await,
                Ok(lead) => self.last_of(&reel, lead, urgency).await,
                Err(error) => Err(error),
            };
            if !matches!(made, Err(NoPicture::Damaged(_))) {
                return made;
            }
        }
        foreign::moment(self, subject, ms, urgency).await
    }

    /// The last picture of these.
    async fn last_of(
        &self,
        reel: &Reel,
        lead: Lead,
        urgency: Urgency,
    ) -> Result<Pixels, NoPicture> {
        let Lead { samples, before, .. } = lead;
        let samples = moments::retimed(vec![samples], reel.track()).into_iter().next();
        let shots = [Shot::Run(samples.unwrap_or_default())];
        let mut arguments = ffmpeg::quietly();
        arguments.extend(ffmpeg::from_pipe(threads(urgency)));
        let look = hdr::filters(SIDE, hdr::transfer(reel.track()));
        // The last of those decoded that are shown up to the moment.
        let select = format!("select=gte(n\\,{before}),setpts=N/(25*TB),{look}");
        arguments.extend(["-vf".into(), select.into()]);
        arguments.extend(ffmpeg::to_pixels(1));
        let fed = Fed::default();
        self.one(Input::Reel(reel, &shots, &fed), arguments, urgency).await
    }
}

/// What must be decoded for the picture of a moment: it, and what comes before it from a key
/// picture on.
struct Lead {
    samples: Vec<Sample>,
    /// How many are shown before it.
    before: usize,
    /// The moment at which it is shown, in milliseconds.
    shown_ms: u64,
    /// Whether the picture of the moment lies farther from its key picture than a shot is long;
    /// then the last of these is another, between the two.
    short: bool,
}

impl Lead {
    /// To the picture shown at a moment, in milliseconds.
    async fn to(reel: &Reel, ms: u64) -> Result<Self, NoPicture> {
        let keys = reel.keys_ms();
        let key = keys.partition_point(|time| *time <= ms).saturating_sub(1);
        let begins = keys.get(key).copied().unwrap_or(0);
        let after = ms.saturating_sub(begins);
        let Run { mut samples, cut } = reel.run(key, after.saturating_add(1)).await?;
        let damaged = || NoPicture::Damaged("no picture is where it should be".to_owned());
        let (before, after) = keep_until(&mut samples, reel, after).ok_or_else(damaged)?;
        Ok(Self { samples, before, shown_ms: begins.saturating_add(after), short: cut })
    }
}

/// Leaves out what is not needed for the picture shown `after_ms` after the first; how many are
/// shown before it, and how long after the first it is shown, in milliseconds.
fn keep_until(samples: &mut Vec<Sample>, reel: &Reel, after_ms: u64) -> Option<(usize, u64)> {
    let scale = reel.track().timescale;
    let after = i64::try_from(after_ms).unwrap_or(i64::MAX);
    let after = media::rescale_ceil(after, Timescale::MILLIS, scale);
    let shown = samples.first().map_or(0, Sample::presentation);
    let until = shown.saturating_add(after);
    let at = samples.iter().enumerate().filter(|(_, sample)| sample.presentation() <= until);
    let (position, wanted) = at.max_by_key(|(_, sample)| sample.presentation())?;
    let wanted = wanted.presentation();
    samples.truncate(position + 1);
    let before = samples.iter().filter(|sample| sample.presentation() < wanted).count();
    let after = media::rescale_floor(wanted.saturating_sub(shown), scale, Timescale::MILLIS);
    Some((before, u64::try_from(after).unwrap_or(0)))
}

#[cfg(test)]
mod tests;
