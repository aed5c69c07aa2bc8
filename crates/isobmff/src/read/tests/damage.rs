//! Files with truncations and bytes changed: never a panic, and never a sample that is not there.

use media::Budget;
use proptest::prelude::*;

use super::build::{film, fragments};
use crate::read::read;

#[allow(clippy::ptr_arg)] // a slice is no `dyn Source`
fn survives(file: &Vec<u8>) -> Result<(), TestCaseError> {
    let length = file.len() as u64;
    let budget = Budget { samples: 100_000, memory: 1 << 20, ..Budget::default() };
    let Ok(index) = read(file, &budget) else { return Ok(()) };
    for track in &index.tracks {
        let Some(table) = track.table() else { continue };
        let samples = table.samples(0..u32::MAX);
        prop_assert!(samples.len() as u64 == track.count.unwrap() && !samples.is_empty());
        prop_assert!(samples.iter().all(|sample| sample.end() <= length));
        prop_assert!(samples.iter().all(|sample| sample.duration <= u32::MAX / 2));
    }
    let bytes = index.to_bytes();
    prop_assert!(!bytes.is_empty());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_damage_is_survived(
        fragmented: bool,
        cut in 0..4_000usize,
        noise in prop::collection::vec((any::<u16>(), prop_oneof![any::<u8>(), Just(0), Just(255), Just(127), Just(1)]), 0..12),
    ) {
        let mut file = if fragmented { fragments() } else { film() };
        for (at, byte) in noise {
            let at = usize::from(at) % file.len();
            file[at] = byte;
        }
        // Mostly whole: damage is most interesting where the rest is right.
        if cut < file.len() {
            file.truncate(cut);
        }
        survives(&file)?;
    }

    #[test]
    fn any_bytes_in_moov_are_survived(body in prop::collection::vec(any::<u8>(), 0..600)) {
        survives(&super::build::boxed(b"moov", &[&body]))?;
    }
}
