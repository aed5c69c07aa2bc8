//! Words for titles: a vocabulary of thousands, some of which everybody uses and most of which hardly anybody does.

use crate::numbers::Dice;

const SYLLABLES: [&str; 24] = [
    "ka", "lo", "mi", "ra", "ten", "vo", "sur", "né", "pi", "dal", "gro", "fen", "hi", "ja", "wol",
    "be", "cu", "stra", "ö", "li", "man", "qui", "zo", "ter",
];

/// How many words there are.
const WORDS: u64 = 24 * 24 * 24;

/// The word of a rank; the first ones are those that are used most.
pub(super) fn word(rank: u64) -> String {
    // Neighbours in rank shall not look alike.
    let mixed = rank.wrapping_mul(7_919) % WORDS;
    [mixed % 24, mixed / 24 % 24, mixed / 576]
        .into_iter()
        .filter_map(|at| SYLLABLES.get(usize::try_from(at).ok()?))
        .copied()
        .collect()
}

/// A rank, low ones far more often.
pub(super) fn rank(dice: &mut Dice) -> u64 {
    let some = dice.below(1 << 16);
    // The fourth power of an even spread; 2^64 at most before it is brought down.
    let fourth = some.pow(2) >> 16;
    ((fourth.pow(2) >> 16) * WORDS) >> 16
}

/// Some words in a row, the first with a capital letter.
pub(super) fn phrase(dice: &mut Dice, count: u64) -> String {
    let words: Vec<String> = (0..count).map(|_| word(rank(dice))).collect();
    let text = words.join(" ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_rank_is_a_word_of_its_own() {
        assert_eq!((0..WORDS).map(word).collect::<HashSet<_>>().len(), 13_824);
    }

    #[test]
    fn a_tenth_of_the_words_is_used_most_of_the_time() {
        let mut dice = Dice::new(1);
        let ranks: Vec<u64> = (0..10_000).map(|_| rank(&mut dice)).collect();
        assert!(ranks.iter().all(|rank| *rank < WORDS));
        assert!(ranks.iter().filter(|rank| **rank < WORDS / 10).count() > 5_000);
    }
}
