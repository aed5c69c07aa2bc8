//! Whether what came is what the source has: each once, in order, when it is due.

use super::{
    probe::{Nanos, Units, seconds},
    source::Truth,
};

/// How pictures or packets that came correspond to those of the source.
#[derive(Clone, Debug)]
pub(super) struct Match {
    /// Which of the source is which of those that came.
    pub(super) pairs: Vec<(usize, usize)>,
    /// What is added to the times of the source, at the start and at the end.
    pub(super) shift: (Nanos, Nanos),
}

/// How many differences of one kind are told before it is enough.
const ENOUGH: usize = 4;
/// How far ahead what is missing or too many is looked for.
const AHEAD: usize = 400;

/// Compares; `noun` is what they are: "picture", "packet". `jitter` is by how much their times may
/// differ beyond the units of both. What is missing at the start and at the
/// end is for the caller to judge, by the pairs.
pub(super) fn compare(
    truth: &Truth,
    got: &Units,
    noun: &str,
    jitter: Nanos,
) -> (Vec<String>, Option<Match>) {
    let (have, came) = (&truth.all.list, &got.list);
    let mut findings = Vec::new();
    if came.is_empty() {
        return (vec![format!("no {noun} came at all")], None);
    }
    let Some((mut i, mut j)) = beginning(truth, got) else {
        return (vec![format!("no {noun} that came is one of the source's")], None);
    };
    if j > 0 {
        findings.push(format!("it begins with {j} {noun}s that the source does not have"));
    }
    let mut pairs = Vec::new();
    let mut differences = 0;
    while i < have.len() && j < came.len() {
        if have[i].hash == came[j].hash {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
            continue;
        }
        let at = seconds(came[j].at.unwrap_or(0));
        let missing = (1..AHEAD).find(|by| same_from(truth, got, i + by, j));
        let extra = (1..AHEAD).find(|by| same_from(truth, got, i, j + by));
        differences += 1;
        let text = match (missing, extra) {
            (Some(by), extra) if extra.is_none_or(|extra| by <= extra) => {
                i += by;
                format!("{by} {noun}s are missing before the one at {at} s")
            }
            (_, Some(by)) => {
                j += by;
                format!("{by} {noun}s too many, or out of order, at {at} s")
            }
            _ => {
                (i, j) = (i + 1, j + 1);
                format!("the {noun} at {at} s is not the source's")
            }
        };
        if differences <= ENOUGH {
            findings.push(text);
        }
    }
    if j < came.len() {
        findings.push(format!("{} {noun}s come after the last of the source", came.len() - j));
    }
    if differences > ENOUGH {
        findings.push(format!("and {} more differences", differences - ENOUGH));
    }
    let shift = times(&pairs, truth, got, noun, jitter, &mut findings);
    (findings, shift.map(|shift| Match { pairs, shift }))
}

fn same_from(truth: &Truth, got: &Units, i: usize, j: usize) -> bool {
    let (have, came) = (truth.all.list.get(i..), got.list.get(j..));
    let (Some(have), Some(came)) = (have, came) else { return false };
    // Three in a row, as pictures may repeat; fewer at the end.
    let run = have.len().min(came.len()).min(3);
    run > 0 && (0..run).all(|at| have[at].hash == came[at].hash)
}

/// Where what came begins in the source. Where a picture or packet occurs several times, the one
/// nearest to the start of what is shown is taken.
fn beginning(truth: &Truth, got: &Units) -> Option<(usize, usize)> {
    (0..got.list.len().min(50)).find_map(|j| {
        let places = (0..truth.all.list.len()).filter(|i| {
            (0..12).all(|by| match (truth.all.list.get(i + by), got.list.get(j + by)) {
                (Some(have), Some(came)) => have.hash == came.hash,
                _ => by > 0,
            })
        });
        let loosely = || (0..truth.all.list.len()).find(|i| same_from(truth, got, *i, j));
        let near = places.min_by_key(|i| i.abs_diff(truth.shown.0));
        near.or_else(loosely).map(|i| (i, j))
    })
}

/// Whether all times are shifted alike. Rounding to the coarser of the two units is no difference.
fn times(
    pairs: &[(usize, usize)],
    truth: &Truth,
    got: &Units,
    noun: &str,
    jitter: Nanos,
    findings: &mut Vec<String>,
) -> Option<(Nanos, Nanos)> {
    let tolerance = truth.all.tick.max(got.tick) + jitter + 2_000;
    let shifts: Vec<(Nanos, Nanos)> = pairs
        .iter()
        .filter_map(|(i, j)| {
            let (have, came) = (truth.all.list[*i].at?, got.list[*j].at?);
            Some((came - have, came))
        })
        .collect();
    let mut sorted: Vec<Nanos> = shifts.iter().map(|(shift, _)| *shift).collect();
    sorted.sort_unstable();
    let usual = *sorted.get(sorted.len() / 2)?;
    let off: Vec<_> =
        shifts.iter().filter(|(shift, _)| (shift - usual).abs() > tolerance).collect();
    if let Some((shift, at)) = off.first() {
        findings.push(format!(
            "{} of {} {noun}s do not come when they are due, the first at {} s by {} s",
            off.len(),
            shifts.len(),
            seconds(*at),
            seconds(shift - usual)
        ));
    }
    Some((shifts.first()?.0, shifts.last()?.0))
}
