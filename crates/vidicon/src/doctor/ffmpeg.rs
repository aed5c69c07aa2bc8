//! ffmpeg and ffprobe: are they there, how old are they, and what can they encode?

use super::{
    process::{NoAnswer, PATIENCE, ask},
    report::Check,
};

/// The oldest major version that Vidicon is tested with.
const OLDEST: u32 = 5;

/// The encoders that Vidicon asks for, and what each lack costs.
const WANTED: [(&str, &str); 6] = [
    ("libx264", "no H.264: most players cannot be given what they do not play already"),
    ("aac", "no AAC: sound in other codecs cannot be given to most players"),
    ("libx265", "no HEVC: large pictures take more bytes"),
    ("libsvtav1", "no AV1: large pictures take more bytes"),
    ("libvpx-vp9", "no VP9: browsers without H.264 get no picture"),
    ("libopus", "no Opus: browsers without AAC get no sound"),
];

/// Families of encoders in hardware, as they end.
const HARDWARE: [(&str, &str); 4] = [
    ("VAAPI", "_vaapi"),
    ("NVENC", "_nvenc"),
    ("Quick Sync", "_qsv"),
    ("VideoToolbox", "_videotoolbox"),
];

const INSTALL: &str =
    "install it: `apt install ffmpeg` on Debian and Ubuntu, `brew install ffmpeg` on macOS";

pub(super) fn checks() -> Vec<Check> {
    let mut checks: Vec<Check> = ["ffmpeg", "ffprobe"]
        .iter()
        .map(|name| version(name, ask(name, &["-version"], PATIENCE)))
        .collect();
    // Without ffmpeg there is one lack, not three.
    if let Ok(list) = ask("ffmpeg", &["-hide_banner", "-encoders"], PATIENCE) {
        checks.push(encoders(&list));
        checks.push(hardware(&list));
    }
    checks
}

/// Judges the answer to `-version`.
fn version(program: &str, answer: Result<String, NoAnswer>) -> Check {
    let cost = "files are served as they are; whatever must be looked into or encoded is not";
    let answer = match answer {
        Ok(answer) => answer,
        Err(NoAnswer::NotFound) => {
            return Check::warning(program, "not found on the search path")
                .costs(cost)
                .mend(INSTALL);
        }
        Err(NoAnswer::TooSlow) => {
            let found = format!("did not tell its version within {} s", PATIENCE.as_secs());
            return Check::warning(program, found)
                .costs(cost)
                .mend("try it by hand: `ffmpeg -version`");
        }
        Err(NoAnswer::Failed(why)) => {
            return Check::warning(program, format!("does not run: {why}"))
                .costs(cost)
                .mend(INSTALL);
        }
    };
    let Some(version) = named_version(program, &answer) else {
        return Check::warning(program, "its answer to -version is not understood")
            .costs(cost)
            .mend(INSTALL);
    };
    match major(version) {
        Some(major) if major < OLDEST => {
            Check::warning(program, format!("{version} is older than {OLDEST}"))
                .costs("some films may fail to be encoded")
                .mend("install a newer one from your system's packages or from ffmpeg.org")
        }
        // Builds from its repository carry a revision instead of a number; they are newer than any release.
        _ => Check::ok(program, version),
    }
}

/// `6.1.1` out of `ffmpeg version 6.1.1 Copyright …`.
fn named_version<'a>(program: &str, answer: &'a str) -> Option<&'a str> {
    answer
        .lines()
        .next()?
        .strip_prefix(program)?
        .strip_prefix(" version ")?
        .split_whitespace()
        .next()
}

/// The major version of a release (`6.1.1`, `n7.0`, `5.1.9-0+deb12u1`); nothing for other builds.
fn major(version: &str) -> Option<u32> {
    let digits = version.strip_prefix('n').unwrap_or(version);
    let end = digits.find(|c: char| !c.is_ascii_digit())?;
    digits.get(end..)?.starts_with('.').then(|| digits.get(..end)?.parse().ok())?
}

/// Names of the encoders in the answer to `-encoders`.
fn names(list: &str) -> impl Iterator<Item = &str> {
    list.lines()
        .skip_while(|line| !line.trim_start().starts_with("---"))
        .skip(1)
        .filter_map(|line| line.split_whitespace().nth(1))
}

fn encoders(list: &str) -> Check {
    let has = |name: &str| names(list).any(|other| other == name);
    let (found, lacking): (Vec<_>, Vec<_>) = WANTED.iter().partition(|(name, _)| has(name));
    let found: Vec<_> = found.iter().map(|(name, _)| *name).collect();
    let found = if found.is_empty() { "none of those wanted".to_owned() } else { found.join(", ") };
    if lacking.is_empty() {
        return Check::ok("encoders", found);
    }
    let cost: Vec<_> = lacking.iter().map(|(name, cost)| format!("{name}: {cost}")).collect();
    let names: Vec<_> = lacking.iter().map(|(name, _)| *name).collect();
    Check::warning("encoders", format!("{found}; lacking {}", names.join(", ")))
        .costs(cost.join("; "))
        .mend("install a full build of ffmpeg (Debian's and Ubuntu's package is one)")
}

/// Encoders in hardware that the build knows. Whether the machine has the hardware shows when one is used.
fn hardware(list: &str) -> Check {
    let families: Vec<String> = HARDWARE
        .iter()
        .filter_map(|(family, ending)| {
            let of: Vec<_> = names(list).filter_map(|name| name.strip_suffix(ending)).collect();
            (!of.is_empty()).then(|| format!("{family} ({})", of.join(", ")))
        })
        .collect();
    let found = if families.is_empty() {
        "none in this build of ffmpeg; the processor encodes".to_owned()
    } else {
        format!("in this build of ffmpeg: {}", families.join(", "))
    };
    Check::ok("hardware encoders", found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::doctor::State;

    fn says(version: &str) -> String {
        format!(
            "ffmpeg version {version} Copyright (c) 2000-2024 the FFmpeg developers\nbuilt with gcc 12\n"
        )
    }

    const LIST: &str = "Encoders:\n V..... = Video\n A..... = Audio\n ------\n V....D libx264              \
                        libx264 H.264 (codec h264)\n V....D h264_vaapi           H.264/AVC (VAAPI) (codec h264)\n \
                        V....D hevc_vaapi           H.265 (codec hevc)\n A....D aac                  AAC\n";

    #[test]
    fn releases_are_judged_by_their_age() {
        for version_text in [
            "6.1.1",
            "n7.0",
            "5.1.9-0+deb12u1",
            "N-112345-g0123abc",
            "git-2024-01-01-abc",
            "2024-06-01-git-1",
        ] {
            let check = version("ffmpeg", Ok(says(version_text)));
            assert_eq!((check.state, check.found.as_str()), (State::Ok, version_text));
        }
        let check = version("ffmpeg", Ok(says("4.4.2-0ubuntu0.22.04.1")));
        assert_eq!(
            (check.state, check.found.as_str()),
            (State::Warning, "4.4.2-0ubuntu0.22.04.1 is older than 5")
        );
    }

    #[test]
    fn a_missing_ffmpeg_is_explained() {
        let check = version("ffmpeg", Err(NoAnswer::NotFound));
        assert_eq!(check.state, State::Warning);
        assert!(check.mend.unwrap().contains("apt install ffmpeg"));
        let check = version("ffmpeg", Err(NoAnswer::TooSlow));
        assert_eq!(check.found, "did not tell its version within 10 s");
        let check = version("ffmpeg", Ok("hello".to_owned()));
        assert_eq!(check.found, "its answer to -version is not understood");
    }

    #[test]
    fn lacking_encoders_are_named_with_their_cost() {
        let check = encoders(LIST);
        assert_eq!(check.state, State::Warning);
        assert_eq!(check.found, "libx264, aac; lacking libx265, libsvtav1, libvpx-vp9, libopus");
        assert!(check.cost.unwrap().starts_with("libx265: no HEVC"));
    }

    #[test]
    fn hardware_encoders_are_told_by_family() {
        assert_eq!(hardware(LIST).found, "in this build of ffmpeg: VAAPI (h264, hevc)");
        assert_eq!(hardware("").found, "none in this build of ffmpeg; the processor encodes");
    }
}
