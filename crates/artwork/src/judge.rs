//! Which picture stands best for a video. Pure; whole numbers only.

use crate::pixels::Pixels;

/// Darker than this a pixel is as good as black, 0 to 255.
const DARK: u32 = 32;

/// How good a picture is: compared field by field, the greater the better.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Score {
    /// Whether it shows something: neither black nor flat nor in the middle of a fade.
    pub(crate) shows: bool,
    /// Whether it comes from the middle of the video rather than from its titles or credits.
    pub(crate) within: bool,
    /// Sharpness, contrast and colour together.
    pub(crate) points: u32,
}

/// Judges a picture shown at `time` of `duration`, in any one unit.
pub(crate) fn judge(picture: &Pixels, time: u64, duration: u64) -> Score {
    let seen = Seen::of(picture);
    let percent = time.saturating_mul(100) / duration.max(1);
    Score { shows: seen.shows(), within: (3..90).contains(&percent), points: seen.points() }
}

/// What is seen in a picture.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// Mean brightness, 0 to 255.
    mean: u32,
    /// How much brightness varies: its mean distance from the mean.
    contrast: u32,
    /// From the darkest twentieth to the brightest.
    span: u32,
    /// How many of a thousand pixels are as good as black.
    dark: u32,
    /// The mean step from a pixel to its neighbour, times 16.
    detail: u32,
    /// How far components are apart on average.
    colour: u32,
}

impl Seen {
    fn of(picture: &Pixels) -> Self {
        let mut histogram = [0u32; 256];
        let (mut steps, mut colour, mut count) = (0u64, 0u64, 0u64);
        // Every other row and pixel are enough.
        for row in picture.rows().step_by(2) {
            let mut before = None;
            for pixel in row.chunks_exact(3).step_by(2) {
                let [red, green, blue] = pixel else { continue };
                let (r, g, b) = (u32::from(*red), u32::from(*green), u32::from(*blue));
                let brightness = (r * 77 + g * 150 + b * 29) >> 8;
                if let Some(bin) = histogram.get_mut(brightness as usize) {
                    *bin += 1;
                }
                colour += u64::from(r.abs_diff(g).max(g.abs_diff(b)).max(b.abs_diff(r)));
                steps += u64::from(before.map_or(0, |before| brightness.abs_diff(before)));
                before = Some(brightness);
                count += 1;
            }
        }
        Self::from(&histogram, steps, colour, count.max(1))
    }

    fn from(histogram: &[u32; 256], steps: u64, colour: u64, count: u64) -> Self {
        let bins = || (0u32..).zip(histogram.iter().copied());
        let mean_of = |sum: u64| u32::try_from(sum / count).unwrap_or(u32::MAX);
        let mean = mean_of(bins().map(|(value, n)| u64::from(value) * u64::from(n)).sum());
        let away = |(value, n): (u32, u32)| u64::from(value.abs_diff(mean)) * u64::from(n);
        let dark: u64 = bins().take(DARK as usize).map(|(_, n)| u64::from(n)).sum();
        let percentile = |share: u64| {
            let mut left = count * share / 100;
            let at = bins().find(|(_, n)| {
                let reached = u64::from(*n) > left;
                left = left.saturating_sub(u64::from(*n));
                reached
            });
            at.map_or(255, |(value, _)| value)
        };
        Self {
            mean,
            contrast: mean_of(bins().map(away).sum()),
            span: percentile(95).saturating_sub(percentile(5)),
            dark: mean_of(dark * 1000),
            detail: mean_of(steps * 16),
            colour: mean_of(colour),
        }
    }

    /// Neither black nor white, neither flat nor half faded, no letters on a black ground.
    fn shows(&self) -> bool {
        self.mean >= 24
            && self.mean <= 232
            && self.contrast >= 12
            && self.span >= 48
            && self.dark < 800
            && self.detail >= 8
    }

    fn points(&self) -> u32 {
        // Beyond some measure, more of it is noise rather than beauty.
        let sharp = self.detail.min(160) * 5 / 2;
        let contrast = self.contrast.min(64) * 4;
        let colour = self.colour.min(90) * 4;
        let light = 128 - self.mean.abs_diff(116).min(128);
        let gloom = self.dark.saturating_sub(300) / 2;
        (sharp + contrast + colour + light).saturating_sub(gloom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(pixel: impl Fn(u32, u32) -> [u8; 3]) -> Pixels {
        let (width, height) = (64, 36);
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        Pixels { width, height, rgb: places.flat_map(|(x, y)| pixel(x, y)).collect() }
    }

    fn byte(value: u32) -> u8 {
        u8::try_from(value.min(255)).unwrap_or(255)
    }

    /// Colourful and full of edges.
    fn scene(x: u32, y: u32) -> [u8; 3] {
        [byte((x * 37) % 256), byte((y * 91) % 256), byte((x * y * 7) % 256)]
    }

    #[test]
    fn a_scene_beats_black_white_grey_and_fog() {
        let scene = judge(&picture(scene), 50, 100);
        assert!(scene.shows && scene.within);
        for (what, other) in [
            ("black", picture(|_, _| [4, 4, 4])),
            ("white", picture(|_, _| [250, 250, 250])),
            ("grey", picture(|_, _| [128, 128, 128])),
            ("a fade", picture(|x, y| super::tests::scene(x, y).map(|byte| 20 + byte / 12))),
            ("credits", picture(|x, y| if x % 9 == 0 && y % 5 == 0 { [255; 3] } else { [0; 3] })),
        ] {
            let score = judge(&other, 50, 100);
            assert!(!score.shows, "{what} shows nothing: {score:?}");
            assert!(scene > score, "{what}");
        }
    }

    #[test]
    fn what_shows_something_wins_wherever_it_is_and_the_middle_wins_among_those() {
        let scene = picture(scene);
        let dull = picture(|x, y| super::tests::scene(x, y).map(|byte| 60 + byte / 3));
        assert!(judge(&dull, 50, 100) > judge(&scene, 1, 100), "not from the titles");
        assert!(judge(&dull, 50, 100) > judge(&scene, 95, 100), "not from the credits");
        let black = Pixels::black(64, 36);
        assert!(judge(&scene, 95, 100) > judge(&black, 50, 100), "unless all else is black");
    }

    #[test]
    fn the_sharper_and_more_colourful_of_two_wins() {
        let vivid = picture(scene);
        let pale = picture(|x, y| {
            let [red, green, blue] = super::tests::scene(x, y);
            let mean = byte((u32::from(red) + u32::from(green) + u32::from(blue)) / 3);
            [mean; 3]
        });
        assert!(judge(&vivid, 50, 100) > judge(&pale, 50, 100));
    }
}
