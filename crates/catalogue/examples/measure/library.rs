//! A library that was never filmed: words as frequent as in real titles, seasons in folders, names
//! of files made of titles, and names that cameras give.

use catalogue::{Entry, Personal, TagId, VideoId};

/// A moment in 2026.
pub(crate) const NOW_MS: i64 = 1_790_000_000_000;

/// How many different words titles are made of.
const WORDS: usize = 60_000;
const TAGS: u32 = 500;

/// Numbers that look random and are the same every time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: u32) -> u32 {
        u32::try_from(((self.next() >> 32) * u64::from(end)) >> 32).unwrap()
    }

    fn rank_evenly(&mut self, end: usize) -> usize {
        self.below(u32::try_from(end).unwrap()) as usize
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// The first ones often, the last ones hardly ever: the k-th about 1/k as often as the first.
    fn rank(&mut self, end: usize) -> usize {
        let rank = (end as f64).powf(self.share());
        (rank as usize).min(end) - 1
    }
}

pub(crate) struct Library {
    pub(crate) count: u32,
    words: Vec<String>,
}

impl Library {
    pub(crate) fn new(count: u32) -> Self {
        let begins = "b br c ch d dr f fr g gr h j k l m n p pr qu r s sh st t th tr v w y z";
        let begins: Vec<&str> = begins.split(' ').collect();
        let vowels = ["a", "e", "i", "o", "u", "ea", "ie", "ou"];
        let ends = ["", "", "n", "r", "s", "t", "l", "m", "ng", "ck"];
        let mut dice = Dice::new(7);
        let mut pick = |list: &[&'static str]| list[dice.rank_evenly(list.len())];
        let mut words = vec!["the".to_owned(), "of".to_owned(), "a".to_owned(), "and".to_owned()];
        let begins: Vec<&'static str> =
            begins.into_iter().map(|begin| &*begin.to_owned().leak()).collect();
        while words.len() < WORDS {
            let syllables = 1 + words.len() % 3;
            let mut word = String::new();
            for _ in 0..syllables {
                word += pick(&begins);
                word += pick(&vowels);
                word += pick(&ends);
            }
            words.push(word);
        }
        Self { count, words }
    }

    pub(crate) fn word(&self, dice: &mut Dice) -> &str {
        &self.words[dice.rank(WORDS)]
    }

    pub(crate) fn tag(&self, dice: &mut Dice) -> (TagId, String) {
        let number = dice.rank(TAGS as usize);
        let name = format!("{} {}", self.words[number * 3 + 40], self.words[number * 7 + 90]);
        (TagId(i64::try_from(number).unwrap() + 1), name)
    }

    /// 30 to 60 characters.
    fn title(&self, dice: &mut Dice) -> String {
        let length = 25 + dice.below(25) as usize;
        let mut title = String::new();
        while title.len() < length {
            let word = self.word(dice);
            let mut letters = word.chars();
            if !title.is_empty() {
                title.push(' ');
            }
            title.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            title.push_str(letters.as_str());
        }
        if dice.below(4) == 0 {
            title = format!("{title} {}", 1 + dice.below(24));
        }
        title
    }

    pub(crate) fn entry(&self, number: u32) -> Entry {
        let dice = &mut Dice::new(u64::from(number) + 99);
        let mut title = self.title(dice);
        let (folder, name) = match dice.below(10) {
            // Series: some forty videos to one, in seasons.
            0..6 => {
                let show = &mut Dice::new(u64::from(number / 40));
                let show = format!("{} {} {}", self.word(show), self.word(show), number / 40 % 90);
                let season = number % 40 / 10 + 1;
                let folder = format!("shows/{}/Season%20{season}", show.replace(' ', "%20"));
                (folder, format!("{show} S{season:02}E{:02} {title}.mkv", number % 10 + 1))
            }
            // What cameras and phones name by the time.
            6 => {
                let (day, time) = (dice.below(4_000), dice.below(240_000));
                let date = 20_100_101 + day / 365 * 10_000 + day % 12 * 100 + day % 28;
                title = format!("Clip {date} {time:06} {title}");
                title.truncate(45);
                (format!("home/{}", date / 10_000), format!("VID_{date}_{time:06}.mp4"))
            }
            _ => {
                let letter = title.chars().next().unwrap_or('a').to_lowercase();
                let name =
                    format!("{}.{}.1080p.mkv", title.replace(' ', "."), 1950 + dice.below(77));
                (format!("films/{letter}"), name)
            }
        };
        let tags = [self.tag(dice), self.tag(dice), self.tag(dice)];
        let of = |dice: &mut Dice, list: &[&str]| list[dice.rank(list.len())].to_owned();
        let height = [1080, 720, 480, 2160, 360][dice.rank(5)];
        let views = dice.rank(1_000) as u64;
        Entry {
            title,
            names: vec![name],
            description: String::new(),
            folders: vec![folder],
            tags: tags.into(),
            duration_ms: u64::from(60_000 + dice.below(9_000_000)),
            width: height * 16 / 9,
            height,
            size: u64::from(dice.below(u32::MAX)) * 2,
            container: of(dice, &["matroska", "mp4", "webm", "mpegts"]),
            video_codec: Some(of(dice, &["h264", "hevc", "av1", "vp9", "mpeg2"])),
            audio_codecs: vec![of(dice, &["aac", "ac3", "opus", "eac3", "mp3", "flac", "dts"])],
            audio_languages: vec![of(dice, &["en", "de", "fr", "es", "ja", "it", "pl", "ru"])],
            text_languages: vec![of(dice, &["en", "de", "fr", "es", "ja", "it", "pl", "ru"])],
            views,
            added_ms: NOW_MS - i64::from(dice.below(2_000_000)) * 86_400,
            made_ms: (dice.below(2) == 0).then(|| NOW_MS - i64::from(dice.below(u32::MAX)) * 100),
            hidden: dice.below(100) == 0,
            present: dice.below(50) > 0,
            copies: 1,
            problem: dice.below(200) == 0,
        }
    }

    /// Of one video in four the household knows something.
    pub(crate) fn personal(number: u32) -> Option<(VideoId, Personal)> {
        let dice = &mut Dice::new(u64::from(number) ^ 0xabcd_ef01);
        if dice.below(4) > 0 {
            return None;
        }
        let when = NOW_MS - i64::from(dice.below(u32::MAX));
        let mut sometimes = |of: u32| dice.below(of) == 0;
        let personal = Personal {
            rating: sometimes(4).then_some(4),
            favourite_ms: sometimes(20).then_some(when),
            watched_ms: sometimes(2).then_some(when),
            resume_ms: sometimes(10).then_some(60_000),
            played_ms: Some(when),
        };
        Some((VideoId(number + 1), personal))
    }
}
