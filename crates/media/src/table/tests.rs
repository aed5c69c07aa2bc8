#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;
use crate::KeyPoint;

fn raw(offset: u64, size: u32, time: i64, key: bool) -> Raw {
    Raw { offset, size, skip: 0, time, key, closed: false }
}

/// I P B B P B B, as an encoder with B-pictures stores them, at 1001 ticks.
fn film(pictures: i64) -> Vec<Raw> {
    (0..pictures)
        .map(|number| {
            let shown = match number % 3 {
                _ if number == 0 => 0,
                1 => number + 2,
                _ => number - 1,
            };
            let size = u32::try_from(5_000 + number * 37 % 9_000).unwrap();
            raw(number.cast_unsigned() * 15_000, size, shown * 1001, number % 24 == 0)
        })
        .collect()
}

#[test]
fn decode_times_are_the_presentation_times_in_order() {
    let (table, _) = SampleTable::build(&film(7), 1001).unwrap();
    let samples = table.samples(0..7);
    let decodes: Vec<i64> = samples.iter().map(|sample| sample.decode / 1001).collect();
    let shown: Vec<i64> = samples.iter().map(|sample| sample.presentation() / 1001).collect();
    assert_eq!(decodes, [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(shown, [0, 3, 1, 2, 6, 4, 5]);
    assert_eq!(table.end(), 7 * 1001);
    assert_eq!(table.earliness(), 1001);
}

#[test]
fn a_film_costs_a_few_bytes_for_each_picture() {
    let (table, _) = SampleTable::build(&film(172_800), 1001).unwrap();
    let each = table.as_bytes().len() / 172_800;
    assert!(each <= 6, "{each} bytes for each sample");
}

#[test]
fn two_samples_of_one_time_are_both_shown_in_order() {
    let samples = [raw(0, 1, 0, true), raw(1, 1, 10, false), raw(2, 1, 10, false)];
    let (table, _) = SampleTable::build(&samples, 10).unwrap();
    let shown: Vec<i64> = table.samples(0..3).iter().map(Sample::presentation).collect();
    assert_eq!(shown, [0, 10, 11]);
}

#[test]
fn a_key_picture_with_leading_pictures_is_an_open_key_point_at_the_first_of_them() {
    // Decode order: I0 P2 B1 | I5 B3 B4 P6: B3 and B4 refer to P2.
    let times = [0, 2, 1, 5, 3, 4, 6];
    let samples: Vec<Raw> = (0..)
        .zip(times)
        .map(|(number, time)| raw(number, 1, time, matches!(number, 0 | 3)))
        .collect();
    let (_, keys) = SampleTable::build(&samples, 1).unwrap();
    let closed = KeyPoint { time: 0, at: 0, open: false };
    assert_eq!(keys, [closed, KeyPoint { time: 3, at: 3, open: true }]);
    let idr: Vec<Raw> =
        samples.iter().map(|sample| Raw { closed: sample.key, ..*sample }).collect();
    assert!(SampleTable::build(&idr, 1).unwrap().1.iter().all(|key| !key.open));
}

fn any_samples() -> impl Strategy<Value = Vec<Raw>> {
    let one = (any::<u32>(), 0..1u64 << 40, 0..1u32 << 24, 0..4u32, any::<bool>());
    prop::collection::vec(one, 0..400).prop_map(|all| {
        let mut base = 0i64;
        all.into_iter()
            .map(|(jump, offset, size, skip, key)| {
                base += i64::from(jump % 3_000);
                let time = base + i64::from(jump % 7) * 100;
                Raw { offset, size, skip, time, key, closed: false }
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn what_was_put_in_comes_out(samples in any_samples()) {
        let (table, _) = SampleTable::build(&samples, 5).unwrap();
        let out = table.samples(0..u32::MAX);
        prop_assert_eq!(out.len(), samples.len());
        for (raw, sample) in samples.iter().zip(&out) {
            prop_assert_eq!(
                (raw.offset, raw.size, raw.skip, raw.key),
                (sample.offset, sample.size, sample.skip, sample.key)
            );
            prop_assert!(sample.presentation() >= raw.time);
        }
        for (one, next) in out.iter().zip(out.iter().skip(1)) {
            prop_assert_eq!(one.decode + i64::from(one.duration), next.decode);
            prop_assert!(one.decode < next.decode);
        }
        let mut shown: Vec<i64> = out.iter().map(Sample::presentation).collect();
        shown.sort_unstable();
        prop_assert!(shown.iter().eq(out.iter().map(|sample| &sample.decode)));
        let total: u64 = samples.iter().map(|sample| u64::from(sample.size)).sum();
        prop_assert_eq!(table.total_bytes(), total);
    }

    #[test]
    fn numbers_times_and_bytes_agree(samples in any_samples(), from in 0..400u32, to in 0..400u32) {
        let (table, _) = SampleTable::build(&samples, 5).unwrap();
        let all = table.samples(0..u32::MAX);
        let (from, to) = (from.min(table.len()), to.min(table.len()));
        let (from, to) = (from.min(to), from.max(to));
        let part = table.samples(from..to);
        prop_assert_eq!(&part[..], &all[from as usize..to as usize]);
        prop_assert_eq!(table.bytes_in(from..to), part.iter().map(|s| u64::from(s.size)).sum::<u64>());
        for (number, sample) in (0..).zip(&all) {
            prop_assert_eq!(table.first_at(sample.decode), number);
            prop_assert_eq!(table.first_at(sample.decode + 1), number + 1);
        }
    }

    #[test]
    fn damaged_tables_do_not_panic(samples in any_samples(), noise in prop::collection::vec(any::<(u16, u8)>(), 1..40)) {
        let (mut table, _) = SampleTable::build(&samples, 5).unwrap();
        let mut bytes = table.bytes.to_vec();
        for (at, byte) in noise {
            if let Some(place) = bytes.get_mut(usize::from(at)) {
                *place = byte;
            }
        }
        table.bytes = bytes.into();
        let _ = table.samples(0..u32::MAX);
        let _ = table.first_at(1_000);
        let _ = table.bytes_in(3..200);
    }
}
