//! Small colourful films: hills, towns and water in the light of some hour, painted here and coded by
//! ffmpeg. They are what the pages are shown with, so they differ in colour, shape, length and
//! resolution, and they move.

use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use crate::tools;

/// What stands on the horizon.
#[derive(Clone, Copy, Debug)]
enum Land {
    Hills,
    Town,
    /// Hills, and below them their image in water.
    Lake,
}

/// A film that can be made.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// Its path in a library: a folder, perhaps, and a name that reads as a title.
    pub path: &'static str,
    land: Land,
    /// Upper sky, lower sky, and the nearest land, as `0xrrggbb`.
    colours: [u32; 3],
    /// Makes the lines of the land differ.
    seed: u32,
    /// The picture, in pixels.
    size: (u32, u32),
    /// How long it is, in seconds.
    pub seconds: u32,
}

const HD: (u32, u32) = (1280, 720);
const SMALL: (u32, u32) = (640, 360);

/// All of them. The first six are enough for most tests.
pub const SCENES: [Scene; 18] = [
    scene(
        "Sunrise over the Ridge.mp4",
        Land::Hills,
        [0x27_3b_6e, 0xff_b8_6b, 0x2a_1d_2e],
        1,
        HD,
        20,
    ),
    scene(
        "Travel/Harbour at Dusk.mp4",
        Land::Lake,
        [0x3a_2a_5c, 0xf2_7d_62, 0x1d_1a_33],
        2,
        SMALL,
        24,
    ),
    scene(
        "Travel/Café by the Station.mp4",
        Land::Town,
        [0x1c_24_4f, 0xd9_7a_8b, 0x15_14_2b],
        3,
        SMALL,
        22,
    ),
    scene(
        "Family/Winter Walk.mp4",
        Land::Hills,
        [0x6d_93_b8, 0xf4_ef_ea, 0x2f_4a_5e],
        4,
        SMALL,
        21,
    ),
    scene("Family/Summer 2.mp4", Land::Lake, [0x2f_86_c9, 0xcf_ee_f5, 0x1f_5a_4a], 5, SMALL, 23),
    scene("Family/Summer 10.mp4", Land::Hills, [0x4b_a3_d9, 0xfd_f1_c2, 0x2c_6b_3b], 6, SMALL, 25),
    scene(
        "Films/The Long Valley.mp4",
        Land::Hills,
        [0x0f_3d_4c, 0xe9_c4_6a, 0x10_2a_2e],
        7,
        HD,
        40,
    ),
    scene(
        "Films/City without Sleep.mp4",
        Land::Town,
        [0x0b_10_2a, 0x6a_3d_8f, 0x08_08_14],
        8,
        HD,
        36,
    ),
    scene("Films/Red Desert.mp4", Land::Hills, [0xc9_4f_3a, 0xfb_d0_8c, 0x5a_1f_22], 9, HD, 34),
    scene("Films/Northern Lake.mp4", Land::Lake, [0x0a_1f_3c, 0x4f_c3_a1, 0x07_16_20], 10, HD, 38),
    scene(
        "Travel/Lavender Evening.mp4",
        Land::Hills,
        [0x5b_4b_9a, 0xf6_b6_c8, 0x34_24_58],
        11,
        SMALL,
        27,
    ),
    scene(
        "Travel/Skyline in Amber.mp4",
        Land::Town,
        [0x3d_2a_2a, 0xff_c1_5a, 0x1a_10_10],
        12,
        SMALL,
        26,
    ),
    scene("Travel/Fjord.mp4", Land::Lake, [0x35_55_7a, 0xb9_d6_e3, 0x12_2c_3e], 13, SMALL, 29),
    scene(
        "Family/Portrait of a Tower.mp4",
        Land::Town,
        [0x1f_5f_8b, 0xff_e0_b0, 0x14_24_34],
        14,
        (360, 640),
        20,
    ),
    scene(
        "Family/First Snow.mp4",
        Land::Hills,
        [0x8f_a7_c4, 0xff_ff_ff, 0x4a_5f_78],
        15,
        SMALL,
        28,
    ),
    scene("Films/Green Hours.mp4", Land::Hills, [0x1d_6b_5f, 0xd8_ee_a8, 0x0f_33_2a], 16, HD, 33),
    scene("Films/Neon Rain.mp4", Land::Town, [0x2a_0f_4a, 0xff_4f_8b, 0x10_06_20], 17, HD, 32),
    scene("Films/Still Water.mp4", Land::Lake, [0xd9_6a_4a, 0xff_e3_b8, 0x3a_1f_2a], 18, HD, 31),
];

const fn scene(
    path: &'static str,
    land: Land,
    colours: [u32; 3],
    seed: u32,
    size: (u32, u32),
    seconds: u32,
) -> Scene {
    Scene { path, land, colours, seed, size, seconds }
}

impl Scene {
    /// What the library calls it.
    pub fn title(&self) -> &'static str {
        let name = self.path.rsplit('/').next().unwrap();
        name.strip_suffix(".mp4").unwrap()
    }

    /// The file, made on first use and kept under `target/`. Its date is an hour ago, so that no
    /// library waits for somebody to end writing it.
    #[track_caller]
    pub fn file(&self) -> PathBuf {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let folder = repository.join("target/testkit-clips/scenes");
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{}-{}.mp4", self.seed, self.seconds));
        if !path.is_file() {
            self.make(&path);
        }
        path
    }

    /// Puts it into a folder under a path of that folder.
    #[track_caller]
    pub fn put(&self, folder: &Path, path: impl AsRef<Path>) {
        let to = folder.join(path);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(self.file(), &to).unwrap();
        let ago = SystemTime::now() - Duration::from_hours(1);
        std::fs::File::options().append(true).open(&to).unwrap().set_modified(ago).unwrap();
    }

    /// Paints one picture, and moves over it. It gets its name when it is whole, as other tests may
    /// look for it.
    #[track_caller]
    fn make(&self, path: &Path) {
        let folder = path.parent().unwrap();
        let temporary = |suffix: &str| {
            tempfile::Builder::new().suffix(suffix).tempfile_in(folder).unwrap().into_temp_path()
        };
        let (still, film) = (temporary(".ppm"), temporary(".mp4"));
        std::fs::write(&still, self.paint()).unwrap();
        let (width, height) = self.size;
        let seconds = self.seconds.to_string();
        let across = if self.seed.is_multiple_of(2) { "t" } else { "(D-t)" };
        let pan =
            format!("crop=w={width}:h={height}:x=(iw-ow)*{across}/D:y=(ih-oh)*t/D,format=yuv420p")
                .replace('D', &seconds);
        let sound =
            format!("sine=frequency={}:duration={seconds},volume=0.05", 180 + self.seed * 20);
        tools::run_clean(
            tools::require("ffmpeg", "ffmpeg")
                .args(["-v", "error", "-y", "-nostdin", "-loop", "1", "-framerate", "12", "-i"])
                .arg(&still)
                .args(["-f", "lavfi", "-i", &sound, "-t", &seconds, "-vf", &pan])
                .args(["-c:v", "libx264", "-preset", "ultrafast", "-crf", "26", "-g", "24"])
                .args(["-c:a", "aac", "-b:a", "32k", "-movflags", "+faststart"])
                .arg(&film),
        );
        film.persist(path).unwrap();
    }

    /// The picture, a quarter larger than the film, as a file of Netpbm.
    fn paint(&self) -> Vec<u8> {
        let (width, height) = (self.size.0 * 5 / 4, self.size.1 * 5 / 4);
        let layers: Vec<Layer> = (1..=LAYERS).map(|nth| Layer::of(self, nth)).collect();
        let mut file = format!("P6 {width} {height} 255\n").into_bytes();
        for row in 0..height {
            for column in 0..width {
                let at = (f64::from(column) / f64::from(width), f64::from(row) / f64::from(height));
                file.extend(self.colour(at, f64::from(width) / f64::from(height), &layers));
            }
        }
        file
    }

    /// The colour of a place; across and down are from 0 to 1.
    fn colour(&self, (mut across, mut down): (f64, f64), aspect: f64, layers: &[Layer]) -> [u8; 3] {
        const SHORE: f64 = 0.66;
        let mut light = 1.0;
        if matches!(self.land, Land::Lake) && down > SHORE {
            across += 0.004 * (down * 380.0).sin() + 0.003 * (down * 130.0 + across * 25.0).sin();
            down = 2.0 * SHORE - down;
            light = 0.78;
        }
        let land = layers.iter().rev().find(|layer| down > layer.top(across));
        let colour =
            land.map_or_else(|| self.sky(across, down, aspect), |layer| layer.colour(across, down));
        colour.map(|value| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is brought between 0 and 255"
            )]
            let byte = (value * light).clamp(0.0, 255.0) as u8;
            byte
        })
    }

    fn sky(&self, across: f64, down: f64, aspect: f64) -> [f64; 3] {
        let sun = (0.2 + 0.6 * self.part(1), 0.3 + 0.16 * self.part(2));
        let far = ((across - sun.0) * aspect).powi(2) + (down - sun.1).powi(2);
        let glow = (-far * 26.0).exp() + if far < 0.0022 { 1.3 } else { 0.0 };
        let low = (down * 1.55).min(1.0);
        let [upper, lower, _] = self.colours.map(channels);
        [0, 1, 2].map(|at| upper[at] + (lower[at] - upper[at]) * low + 95.0 * glow)
    }

    /// A number from 0 to 1 that is this scene's own.
    fn part(&self, nth: u32) -> f64 {
        part(f64::from(self.seed) * 12.989_8 + f64::from(nth) * 78.233)
    }
}

/// How many ranges of land lie one behind the other.
const LAYERS: u32 = 5;

/// A range of land, of one colour.
struct Layer {
    town: bool,
    windows: bool,
    seed: f64,
    base: f64,
    /// How many blocks there are across, and how high they may be.
    blocks: (f64, f64),
    /// Height, number and place of the hills, from the widest on.
    waves: [(f64, f64, f64); 3],
    colour: [f64; 3],
    light: [f64; 3],
}

impl Layer {
    /// The first is the farthest.
    fn of(scene: &Scene, nth: u32) -> Self {
        let depth = f64::from(nth) / f64::from(LAYERS);
        let [_, air, near] = scene.colours.map(channels);
        let base = match scene.land {
            Land::Hills => 0.46 + 0.34 * depth,
            Land::Town => 0.56 + 0.34 * depth,
            Land::Lake => 0.42 + 0.2 * depth,
        };
        let own = |part: u32| scene.part(part + 10 * nth);
        Self {
            town: matches!(scene.land, Land::Town),
            windows: nth > 2,
            seed: f64::from(scene.seed) + f64::from(nth) * 3.7,
            base,
            blocks: (29.0 - 3.0 * f64::from(nth), 0.33 - 0.03 * f64::from(nth)),
            waves: [
                (0.05 + 0.02 * own(3), 3.0 + 4.0 * own(4), 6.3 * own(5)),
                (0.02 + 0.015 * own(6), 9.0 + 8.0 * own(7), 6.3 * own(8)),
                (0.008, 38.0 + 20.0 * own(9), 6.3 * own(2)),
            ],
            // What is far away has the colour of the air before it.
            colour: [0, 1, 2]
                .map(|at| air[at] * 0.72 * (1.0 - depth) + near[at] * (0.28 + 0.72 * depth)),
            light: air,
        }
    }

    /// Where it begins, from 0 at the top of the picture to 1.
    fn top(&self, across: f64) -> f64 {
        if self.town {
            let block = (across * self.blocks.0 + self.seed).floor();
            return self.base - self.blocks.1 * part(block * 12.989_8);
        }
        let wave =
            |&(height, number, place): &(f64, f64, f64)| height * (across * number + place).sin();
        self.base + self.waves.iter().map(wave).sum::<f64>()
    }

    fn colour(&self, across: f64, down: f64) -> [f64; 3] {
        let (column, row) = (across * 150.0, down * 90.0);
        let lit = self.town
            && self.windows
            && part(column.floor() * 78.233 + row.floor() * 37.719 + self.seed) > 0.8
            && column.fract() < 0.55
            && row.fract() < 0.55;
        if lit { [0, 1, 2].map(|at| self.colour[at] + self.light[at] * 0.5) } else { self.colour }
    }
}

/// Red, green and blue of `0xrrggbb`.
fn channels(colour: u32) -> [f64; 3] {
    [16, 8, 0].map(|shift| f64::from(colour >> shift & 0xff))
}

/// A number from 0 to 1 that looks as if it had nothing to do with what it is made of.
fn part(of: f64) -> f64 {
    (of.sin() * 43_758.545).abs().fract()
}
