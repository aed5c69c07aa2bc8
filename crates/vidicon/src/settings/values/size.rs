//! An amount of bytes as people write it: `64KiB`, `20GiB`, `10MB`, or a bare number of bytes.

use std::{fmt, str::FromStr};

use super::BadValue;

/// An amount of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(u64);

/// Units from the largest to the smallest of each family, binary before decimal (IEC 80000-13).
const UNITS: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
];

impl ByteSize {
    /// So many bytes.
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// So many KiB (1024 bytes).
    pub const fn kib(count: u64) -> Self {
        Self(count << 10)
    }

    /// So many MiB (1024 KiB).
    pub const fn mib(count: u64) -> Self {
        Self(count << 20)
    }

    /// So many GiB (1024 MiB).
    pub const fn gib(count: u64) -> Self {
        Self(count << 30)
    }

    /// The number of bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for ByteSize {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let text = text.trim();
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let unit = unit.trim_start();
        if let ("K" | "M" | "G" | "T" | "k" | "m" | "g" | "t", false) = (unit, number.is_empty()) {
            let letter = unit.to_ascii_uppercase();
            return Err(BadValue(format!(
                "{text:?} could mean two sizes: write \"{number}{letter}iB\" (steps of 1024) or \"{number}{letter}B\" (steps of 1000)"
            )));
        }
        let scale = if unit.is_empty() {
            Some(1)
        } else {
            UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).map(|(_, bytes)| *bytes)
        };
        scale
            .zip(number.parse::<u64>().ok())
            .and_then(|(scale, number)| number.checked_mul(scale))
            .map(Self)
            .ok_or_else(|| {
                BadValue(format!(
                    "{text:?} is not a size: write a whole number with its unit, like \"64KiB\", \"20GiB\" or \"10MB\" \
                     (units: B, kB, MB, GB, TB, KiB, MiB, GiB, TiB; none means bytes)"
                ))
            })
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = UNITS.iter().find(|(_, bytes)| self.0 != 0 && self.0.is_multiple_of(*bytes));
        match exact {
            Some(("B", _)) | None => write!(out, "{}", self.0),
            Some((unit, bytes)) => write!(out, "{}{unit}", self.0 / bytes),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<u64, String> {
        text.parse::<ByteSize>().map(ByteSize::bytes).map_err(|why| why.0)
    }

    #[test]
    fn sizes_are_read_in_binary_and_decimal_units() {
        assert_eq!(read("20GiB"), Ok(20 * 1024 * 1024 * 1024));
        assert_eq!(read("64KiB"), Ok(65_536));
        assert_eq!(read("10MB"), Ok(10_000_000));
        assert_eq!(read("1 TB"), Ok(1_000_000_000_000));
        assert_eq!(read("4096"), Ok(4096));
        assert_eq!(read("4096B"), Ok(4096));
        assert_eq!(read("5kb"), Ok(5000));
        assert_eq!(read("0"), Ok(0));
    }

    #[test]
    fn a_single_letter_is_refused_because_it_could_mean_two_sizes() {
        assert_eq!(
            read("20G").unwrap_err(),
            "\"20G\" could mean two sizes: write \"20GiB\" (steps of 1024) or \"20GB\" (steps of 1000)"
        );
    }

    #[test]
    fn what_is_not_a_size_is_refused() {
        for text in
            ["", "GiB", "1.5GiB", "-1", "20 bananas", "99999999999999999999", "99999999999TiB"]
        {
            assert!(read(text).is_err(), "{text:?} was read as {:?}", read(text));
        }
        assert_eq!(
            read("1.5GiB").unwrap_err(),
            "\"1.5GiB\" is not a size: write a whole number with its unit, like \"64KiB\", \"20GiB\" or \"10MB\" \
             (units: B, kB, MB, GB, TB, KiB, MiB, GiB, TiB; none means bytes)"
        );
    }

    #[test]
    fn a_size_is_shown_in_its_largest_exact_unit() {
        assert_eq!(ByteSize::kib(32).to_string(), "32KiB");
        assert_eq!(ByteSize::new(10_000_000).to_string(), "10MB");
        assert_eq!(ByteSize::new(1023).to_string(), "1023");
        assert_eq!(ByteSize::new(0).to_string(), "0");
    }

    proptest! {
        #[test]
        fn a_displayed_size_reads_back_the_same(bytes: u64) {
            let value = ByteSize::new(bytes);
            prop_assert_eq!(value.to_string().parse::<ByteSize>().unwrap(), value);
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "\\PC{0,20}") {
            let _ = text.parse::<ByteSize>();
        }
    }
}
