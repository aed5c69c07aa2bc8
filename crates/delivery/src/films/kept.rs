//! The last few things of a kind that were asked for.

use std::sync::Mutex;

use super::lock;

/// The last `N` values, by their keys. For few: it is searched from one end to the other.
#[derive(Debug)]
pub(super) struct Latest<K, V, const N: usize>(Mutex<Vec<(K, V)>>);

impl<K, V, const N: usize> Default for Latest<K, V, N> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: PartialEq, V: Clone, const N: usize> Latest<K, V, N> {
    pub(super) fn get(&self, key: &K) -> Option<V> {
        let kept = lock(&self.0);
        kept.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())
    }

    /// Keeps a value in place of the oldest.
    pub(super) fn keep(&self, key: K, value: V) {
        let mut kept = lock(&self.0);
        kept.retain(|(known, _)| *known != key);
        if kept.len() >= N {
            kept.remove(0);
        }
        kept.push((key, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_makes_room() {
        let kept = Latest::<_, _, 2>::default();
        kept.keep(1, 'a');
        kept.keep(2, 'b');
        kept.keep(1, 'c');
        kept.keep(3, 'd');
        assert_eq!([1, 2, 3].map(|key| kept.get(&key)), [Some('c'), None, Some('d')]);
    }
}
