//! Which videos, as queries say it.
//!
//! Lists are separated by commas; a comma within a name is written `\,`. Ranges are `3` (just
//! that), `3..` (at least), `..3` (at most) and `1..3`, both ends included.

use catalogue::{Away, Filters, Hidden, Range, Sort};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{input::maybe_whole, problem::Problem};

/// The longest text that is looked for, in characters.
pub(crate) const LONGEST_TEXT: usize = 256;

/// The most values of one list.
const MOST_VALUES: usize = 64;

/// The longest list, in characters.
const LONGEST_LIST: usize = 4096;

/// The longest folder, in characters.
pub(crate) const LONGEST_FOLDER: usize = 8192;

/// The largest seed: what JavaScript counts to.
pub(crate) const MOST_SEED: u64 = (1 << 53) - 1;

/// How far a video was watched.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = WatchedFilter)]
pub(crate) enum Watched {
    Yes,
    No,
    Begun,
}

/// Only those, or only the others.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum YesNo {
    Yes,
    No,
}

/// Leave them out, take only them, or take them as any other.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Including {
    No,
    Yes,
    All,
}

/// An order.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SortBy {
    Title,
    Rating,
    Views,
    Added,
    Duration,
    Played,
    Made,
    Size,
    Random,
    Relevance,
}

/// Which way round.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Order {
    Asc,
    Desc,
}

/// A query's parameters: the filters, and what else the route takes.
macro_rules! selection {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $extra:ident: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default, Deserialize, IntoParams, ToSchema)]
        #[serde(default, deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub(crate) struct $name {
            /// Words that must all be in title, file names, tags, folder or description; the last one may be
            /// unfinished.
            #[param(max_length = 256)]
            #[schema(max_length = 256)]
            pub(crate) q: Option<String>,
            /// Names of tags, separated by commas: all of them.
            #[param(max_length = 4096)]
            pub(crate) tags: Option<String>,
            /// At least one of these tags.
            #[param(max_length = 4096)]
            pub(crate) any_tags: Option<String>,
            /// None of these tags.
            #[param(max_length = 4096)]
            pub(crate) not_tags: Option<String>,
            /// Stars, as a range; 0 is unrated.
            #[param(pattern = r"^[0-5]?(\.\.[0-5]?)?$")]
            #[schema(pattern = r"^[0-5]?(\.\.[0-5]?)?$")]
            pub(crate) rating: Option<String>,
            /// Seconds, as a range; its end is not part of it.
            #[param(pattern = r"^[0-9]{0,9}(\.\.[0-9]{0,9})?$")]
            #[schema(pattern = r"^[0-9]{0,9}(\.\.[0-9]{0,9})?$")]
            pub(crate) duration: Option<String>,
            /// Pixels of the smaller side, as a range.
            #[param(pattern = r"^[0-9]{0,9}(\.\.[0-9]{0,9})?$")]
            #[schema(pattern = r"^[0-9]{0,9}(\.\.[0-9]{0,9})?$")]
            pub(crate) height: Option<String>,
            /// Codings of the pictures, separated by commas: one of them.
            #[param(max_length = 4096)]
            pub(crate) codec: Option<String>,
            /// Codings of the sound.
            #[param(max_length = 4096)]
            pub(crate) audio: Option<String>,
            /// Languages of the sound (BCP 47).
            #[param(max_length = 4096)]
            pub(crate) language: Option<String>,
            /// Languages of the subtitles.
            #[param(max_length = 4096)]
            pub(crate) subtitles: Option<String>,
            /// In this folder or below it; its path as `Video.folder` has it.
            #[param(max_length = 8192)]
            pub(crate) folder: Option<String>,
            /// Containers.
            #[param(max_length = 4096)]
            pub(crate) container: Option<String>,
            /// How far it was watched.
            #[param(inline)]
            #[schema(inline)]
            pub(crate) watched: Option<Watched>,
            /// Whether it is a favourite.
            #[param(inline)]
            #[schema(inline)]
            pub(crate) favourite: Option<YesNo>,
            /// Added within so many days (`7d`), or in a range of days (`2026-01-01..2026-01-31`, UTC).
            #[param(pattern = r"^([0-9]{1,4}d|([0-9]{4}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)?(\.\.([0-9]{4}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)?)?)$")]
            pub(crate) added: Option<String>,
            /// Hidden ones; left out unless said.
            #[param(inline)]
            #[schema(inline)]
            pub(crate) hidden: Option<Including>,
            /// Ones whose files are gone; left out unless said.
            #[param(inline)]
            #[schema(inline)]
            pub(crate) away: Option<Including>,
            /// Those of this playlist.
            #[serde(deserialize_with = "maybe_whole")]
            #[param(minimum = 1, maximum = 9_007_199_254_740_991_u64)]
            pub(crate) playlist: Option<u64>,
            /// Whether something is wrong with it.
            #[param(inline)]
            #[schema(inline)]
            pub(crate) problem: Option<YesNo>,
            $($(#[$doc])* pub(crate) $extra: $kind,)*
        }

        impl $name {
            /// What is asked for, once it is read. `now_ms` is the time in milliseconds since 1970.
            pub(crate) fn wanted(&self, now_ms: i64) -> Result<Wanted, Problem> {
                let values = |name, text: &Option<String>| list(name, text.as_deref().unwrap_or_default());
                let text = self.q.as_deref().unwrap_or_default().trim();
                too_long("q", text, LONGEST_TEXT)?;
                Ok(Wanted {
                    text: text.to_owned(),
                    all_tags: values("tags", &self.tags)?,
                    any_tags: values("any_tags", &self.any_tags)?,
                    not_tags: values("not_tags", &self.not_tags)?,
                    playlist: self.playlist.map(|id| i64::try_from(id).unwrap_or(i64::MAX)),
                    filters: Filters {
                        rating: whole("rating", self.rating.as_deref(), 5, 1)?,
                        duration_ms: whole("duration", self.duration.as_deref(), 999_999_999, 1000)?,
                        height: whole("height", self.height.as_deref(), 999_999_999, 1)?,
                        added_ms: added(self.added.as_deref().unwrap_or_default(), now_ms)?,
                        video_codecs: values("codec", &self.codec)?,
                        audio_codecs: values("audio", &self.audio)?,
                        audio_languages: values("language", &self.language)?,
                        text_languages: values("subtitles", &self.subtitles)?,
                        containers: values("container", &self.container)?,
                        folder: folder(self.folder.as_deref())?,
                        watched: self.watched.map(|watched| match watched {
                            Watched::Yes => catalogue::Watched::Yes,
                            Watched::No => catalogue::Watched::No,
                            Watched::Begun => catalogue::Watched::Begun,
                        }),
                        favourite: self.favourite.map(|favourite| favourite == YesNo::Yes),
                        hidden: match self.hidden {
                            None | Some(Including::No) => Hidden::No,
                            Some(Including::Yes) => Hidden::Only,
                            Some(Including::All) => Hidden::Too,
                        },
                        away: match self.away {
                            None | Some(Including::No) => Away::No,
                            Some(Including::Yes) => Away::Only,
                            Some(Including::All) => Away::Too,
                        },
                        problem: self.problem.map(|problem| problem == YesNo::Yes),
                        ..Filters::default()
                    },
                })
            }
        }
    };
}

selection! {
    /// Which videos.
    Selection {}
}

selection! {
    /// Which videos. The order does not matter here; it may be said, so that the query of a list can be sent as it
    /// is.
    BatchQuery {
        /// Does not matter.
        #[schema(inline)]
        sort: Option<SortBy>,
        /// Does not matter.
        #[schema(inline)]
        order: Option<Order>,
        /// Does not matter.
        #[serde(deserialize_with = "maybe_whole")]
        seed: Option<u64>,
    }
}

selection! {
    /// Which videos, in which order, and how many of them.
    ListQuery {
        /// The order; by title, or by relevance when there are words to look for.
        #[param(inline)]
        sort: Option<SortBy>,
        /// Which way round. What fits the order unless said: titles from a, ratings from the best.
        #[param(inline)]
        order: Option<Order>,
        /// One random order of many.
        #[serde(deserialize_with = "maybe_whole")]
        #[param(minimum = 0, maximum = 9_007_199_254_740_991_u64)]
        seed: Option<u64>,
        /// How many at most; 60 unless said.
        #[serde(deserialize_with = "maybe_whole")]
        #[param(minimum = 1, maximum = 500)]
        limit: Option<u32>,
        /// Where to go on: `next` of the page before. Not together with `offset`.
        #[param(max_length = 1024)]
        cursor: Option<String>,
        /// How many to leave out.
        #[serde(deserialize_with = "maybe_whole")]
        #[param(minimum = 0, maximum = 100_000_000)]
        offset: Option<u32>,
    }
}

selection! {
    /// Which videos, and which of many random orders.
    RandomQuery {
        /// The same seed, the same video, as long as there is nothing new.
        #[serde(deserialize_with = "maybe_whole")]
        #[param(minimum = 0, maximum = 9_007_199_254_740_991_u64)]
        seed: Option<u64>,
    }
}

/// A selection that was read. Names of tags and the playlist are yet to be looked up.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) text: String,
    pub(crate) all_tags: Vec<String>,
    pub(crate) any_tags: Vec<String>,
    pub(crate) not_tags: Vec<String>,
    pub(crate) playlist: Option<i64>,
    /// All but the above.
    pub(crate) filters: Filters,
}

impl ListQuery {
    /// The order, and whether it is the other way round.
    pub(crate) fn order(&self) -> (Sort, bool) {
        let words = self.q.as_deref().is_some_and(|text| !text.trim().is_empty());
        let (sort, descending) = match self.sort {
            Some(SortBy::Rating) => (Sort::Rating, true),
            Some(SortBy::Views) => (Sort::Views, true),
            Some(SortBy::Added) => (Sort::Added, true),
            Some(SortBy::Duration) => (Sort::Duration, true),
            Some(SortBy::Played) => (Sort::Played, true),
            Some(SortBy::Made) => (Sort::Made, true),
            Some(SortBy::Size) => (Sort::Size, true),
            Some(SortBy::Random) => (Sort::Random, false),
            Some(SortBy::Relevance) => (Sort::Relevance, false),
            None if words => (Sort::Relevance, false),
            Some(SortBy::Title) | None => (Sort::Title, false),
        };
        let descending = match self.order {
            // The best is first; nobody looks for the worst.
            _ if sort == Sort::Relevance => false,
            Some(order) => order == Order::Desc,
            None => descending,
        };
        (sort, descending)
    }
}

/// Refuses a text that is longer than it may be.
pub(crate) fn too_long(name: &str, text: &str, most: usize) -> Result<(), Problem> {
    let length = text.chars().count();
    if length > most {
        return Err(Problem::bad(format!("{name} has {length} characters; {most} are allowed")));
    }
    Ok(())
}

/// Refuses a seed that no client can have been given.
pub(crate) fn seed(seed: Option<u64>) -> Result<Option<u64>, Problem> {
    match seed {
        Some(seed) if seed > MOST_SEED => {
            Err(Problem::bad(format!("seed is {seed}; it can be 0 to {MOST_SEED}")))
        }
        seed => Ok(seed),
    }
}

/// The values of a list.
fn list(name: &str, text: &str) -> Result<Vec<String>, Problem> {
    too_long(name, text, LONGEST_LIST)?;
    let mut values = vec![String::new()];
    let mut escaped = false;
    for character in text.chars() {
        match character {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            ',' if !escaped => values.push(String::new()),
            _ => {
                if let Some(value) = values.last_mut() {
                    if escaped && character != ',' && character != '\\' {
                        value.push('\\');
                    }
                    value.push(character);
                }
            }
        }
        escaped = false;
    }
    values.retain_mut(|value| {
        *value = value.trim().to_owned();
        !value.is_empty()
    });
    if values.len() > MOST_VALUES {
        return Err(Problem::bad(format!(
            "{name} has {} values; {MOST_VALUES} are allowed",
            values.len()
        )));
    }
    Ok(values)
}

/// A range of whole numbers up to `most`, each of which stands for `unit` of what is looked for. Of
/// lengths of time the end is left out, so that `..600` and `600..1800` do not overlap.
fn whole<T: TryFrom<u64>>(
    name: &str,
    text: Option<&str>,
    most: u64,
    unit: u64,
) -> Result<Range<T>, Problem> {
    let text = text.unwrap_or_default().trim();
    let wrong = || {
        let detail = format!(
            "{name}={text} is no range: use 3, 3.., ..3 or 1..3, with numbers up to {most}"
        );
        Problem::bad(detail)
    };
    let number = |text: &str| -> Result<Option<u64>, Problem> {
        if text.is_empty() {
            return Ok(None);
        }
        if !text.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(wrong());
        }
        let number = text.parse::<u64>().ok().filter(|number| *number <= most);
        number.map(Some).ok_or_else(wrong)
    };
    let value = |number: Option<u64>| number.and_then(|number| T::try_from(number).ok());
    let (from, to) = match text.split_once("..") {
        None => {
            let only = number(text)?;
            (only, only.map(|only| only * unit + (unit - 1)))
        }
        // Where a number stands for many, ranges that share an end share nothing else.
        Some((from, to)) if unit > 1 => {
            (number(from)?, number(to)?.map(|to| (to * unit).saturating_sub(1)))
        }
        Some((from, to)) => (number(from)?, number(to)?),
    };
    Ok(Range { from: value(from.map(|from| from * unit)), to: value(to) })
}

/// When it was added: `7d`, or a range of days.
fn added(text: &str, now_ms: i64) -> Result<Range<i64>, Problem> {
    let text = text.trim();
    let wrong = || {
        let detail = format!(
            "added={text} is no time: use 7d for the last seven days, or days such as 2026-01-01..2026-01-31"
        );
        Problem::bad(detail)
    };
    if let Some(days) = text.strip_suffix('d') {
        let days: u32 = days.parse().ok().filter(|days| *days < 10_000).ok_or_else(wrong)?;
        return Ok(Range { from: Some(now_ms - i64::from(days) * DAY_MS), to: None });
    }
    let day = |text: &str| -> Result<Option<i64>, Problem> {
        if text.is_empty() {
            return Ok(None);
        }
        begin_ms(text).map(Some).ok_or_else(wrong)
    };
    let (from, to) = match text.split_once("..") {
        None => (day(text)?, day(text)?),
        Some((from, to)) => (day(from)?, day(to)?),
    };
    Ok(Range { from, to: to.map(|begin| begin + DAY_MS - 1) })
}

const DAY_MS: i64 = 86_400_000;

/// When a day (`2026-01-31`) begins in UTC.
fn begin_ms(text: &str) -> Option<i64> {
    let day: Date = text.parse().ok()?;
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// A folder without slashes at its ends.
fn folder(text: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(text) = text else { return Ok(None) };
    too_long("folder", text, LONGEST_FOLDER)?;
    let text = text.trim_matches('/');
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// A time as clients see it.
pub(crate) fn time(ms: i64) -> String {
    Timestamp::from_millisecond(ms).unwrap_or_default().to_string()
}

/// A time that a client tells.
pub(crate) fn time_of(text: &str) -> Result<i64, Problem> {
    let time: Result<Timestamp, _> = text.parse();
    time.map(Timestamp::as_millisecond).map_err(|_| {
        Problem::unprocessable(format!(
            "{text:?} is no time: use RFC 3339, such as 2026-01-31T20:15:00Z"
        ))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::input::query;

    const NOW_MS: i64 = 1_800_000_000_000;

    fn wanted(text: &str) -> Result<Wanted, Problem> {
        query::<ListQuery>(text)?.wanted(NOW_MS)
    }

    #[test]
    fn every_day_of_a_year_and_every_number_of_days_that_is_taken_is_described() {
        let document = crate::openapi();
        let (_, rest) = document.split_once("\"name\": \"added\"").unwrap();
        let (_, rest) = rest.split_once("\"pattern\": \"").unwrap();
        let (pattern, _) = rest.split_once('"').unwrap();
        for part in ["^([0-9]{1,4}d|", "-(29|30)", "-31)", "-02-29"] {
            assert!(pattern.contains(part), "{part}: {pattern}");
        }
        assert!(wanted("added=9999d").is_ok() && wanted("added=70000d").is_err());
        for day in ["2026-01-31", "2026-04-30", "2024-02-29", "2000-02-29", "0000-02-29"] {
            assert!(wanted(&format!("added={day}")).is_ok(), "{day}");
        }
    }

    #[test]
    fn nothing_said_is_everything_that_is_there_and_not_hidden() {
        assert_eq!(wanted("").unwrap(), Wanted::default());
        assert_eq!(
            wanted("q=&tags=&rating=&folder=&added=&duration=..").unwrap(),
            Wanted::default()
        );
    }

    #[test]
    fn filters_combine() {
        let wanted = wanted(
            "q=+two+words&tags=a%20b,c%5C,d&not_tags=x&rating=3..&duration=600..1200&watched=begun&hidden=all\
             &folder=/shows/one/&codec=h264,hevc&playlist=7",
        )
        .unwrap();
        assert_eq!(wanted.text, "two words");
        assert_eq!(wanted.all_tags, ["a b", "c,d"]);
        assert_eq!(wanted.not_tags, ["x"]);
        assert_eq!(wanted.playlist, Some(7));
        let filters = wanted.filters;
        assert_eq!(filters.rating, Range { from: Some(3), to: None });
        assert_eq!(filters.duration_ms, Range { from: Some(600_000), to: Some(1_199_999) });
        assert_eq!(filters.watched, Some(catalogue::Watched::Begun));
        assert_eq!(filters.hidden, Hidden::Too);
        assert_eq!(filters.folder.as_deref(), Some("shows/one"));
        assert_eq!(filters.video_codecs, ["h264", "hevc"]);
    }

    #[test]
    fn days_are_whole_and_some_days_ago_is_from_now() {
        let of = |text: &str| wanted(&format!("added={text}")).unwrap().filters.added_ms;
        assert_eq!(of("7d"), Range { from: Some(NOW_MS - 7 * DAY_MS), to: None });
        assert_eq!(of("1970-01-02"), Range { from: Some(DAY_MS), to: Some(2 * DAY_MS - 1) });
        assert_eq!(of("..1970-01-01"), Range { from: None, to: Some(DAY_MS - 1) });
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for text in [
            "rating=6",
            "rating=-1",
            "rating=3...4",
            "rating=a",
            "duration=1e3",
            "added=yesterday",
            "added=d",
            "added=2026-02-30",
            "watched=maybe",
            "sort=size;drop",
            "ratin=3",
            "limit=a",
            "playlist=-1",
        ] {
            assert!(wanted(text).is_err(), "{text}");
        }
        assert!(wanted(&format!("q={}", "x".repeat(257))).is_err());
        assert!(wanted(&format!("tags={}", "x,".repeat(65))).is_err());
    }

    #[test]
    fn each_order_has_a_direction_that_fits_it() {
        let order = |text| query::<ListQuery>(text).unwrap().order();
        assert_eq!(order(""), (Sort::Title, false));
        assert_eq!(order("q=a"), (Sort::Relevance, false));
        assert_eq!(order("q=a&sort=title&order=desc"), (Sort::Title, true));
        assert_eq!(order("sort=rating"), (Sort::Rating, true));
        assert_eq!(order("sort=rating&order=asc"), (Sort::Rating, false));
        // Nobody looks for the worst match, and equals stay in the order of their titles.
        for text in ["q=a&sort=relevance&order=desc", "q=a&order=desc", "sort=relevance&order=desc"]
        {
            assert_eq!(order(text), (Sort::Relevance, false), "{text}");
        }
    }

    #[test]
    fn times_go_out_and_come_in_as_rfc_3339() {
        assert_eq!(time(0), "1970-01-01T00:00:00Z");
        assert_eq!(time_of("1970-01-01T01:00:00.5+01:00").unwrap(), 500);
        assert!(time_of("1970-01-01").is_err());
    }
}
