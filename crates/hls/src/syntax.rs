//! Lines and attribute lists as they are written (bis 4.1, 4.2), for reader and judge alike.

/// A line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Line<'a> {
    /// Nothing, or white space.
    Blank,
    /// `#` and anything but `EXT`.
    Comment,
    /// An address.
    Uri(&'a str),
    /// `#NAME` or `#NAME:value`; the name without `#`.
    Tag { name: &'a str, value: Option<&'a str> },
}

/// What the line is.
pub(crate) fn line(text: &str) -> Line<'_> {
    let text = text.trim_end_matches('\r');
    if text.trim().is_empty() {
        return Line::Blank;
    }
    let Some(body) = text.strip_prefix('#') else {
        return Line::Uri(text);
    };
    if !body.starts_with("EXT") {
        return Line::Comment;
    }
    match body.split_once(':') {
        Some((name, value)) => Line::Tag { name, value: Some(value) },
        None => Line::Tag { name: body, value: None },
    }
}

/// An attribute.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Attribute<'a> {
    pub(crate) name: &'a str,
    /// Without quotes.
    pub(crate) value: &'a str,
    pub(crate) quoted: bool,
}

/// An attribute list, and what is wrong with how it is written.
#[derive(Debug, Default)]
pub(crate) struct Attributes<'a> {
    pub(crate) list: Vec<Attribute<'a>>,
    pub(crate) faults: Vec<String>,
}

/// Reads as much of an attribute list as can be read.
pub(crate) fn attributes(text: &str) -> Attributes<'_> {
    let mut found = Attributes::default();
    let mut rest = text;
    if rest.is_empty() {
        found.faults.push("it has no attributes".to_owned());
    }
    while !rest.is_empty() {
        let Some((name, after)) = rest.split_once('=') else {
            found.faults.push(format!("`{rest}` has no value"));
            break;
        };
        let quoted = after.starts_with('"');
        let (value, after) = if let Some(inside) = after.strip_prefix('"') {
            inside.split_once('"').unwrap_or_else(|| {
                found.faults.push(format!("the quotes of {name} are not closed"));
                (inside, "")
            })
        } else {
            after.split_at_checked(after.find(',').unwrap_or(after.len())).unwrap_or((after, ""))
        };
        let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || !name.bytes().all(plain) {
            found.faults.push(format!("`{name}` is not the name of an attribute"));
        }
        found.list.push(Attribute { name, value, quoted });
        rest = match after.strip_prefix(',') {
            Some("") => {
                found.faults.push("it ends with a comma".to_owned());
                ""
            }
            Some(rest) => rest,
            None if after.is_empty() => "",
            None => {
                found
                    .faults
                    .push(format!("something stands between the value of {name} and the comma"));
                after.split_once(',').map_or("", |(_, rest)| rest)
            }
        };
    }
    found
}

impl<'a> Attributes<'a> {
    pub(crate) fn get(&self, name: &str) -> Option<Attribute<'a>> {
        self.list.iter().find(|attribute| attribute.name == name).copied()
    }

    /// The value, whether in quotes or not.
    pub(crate) fn value(&self, name: &str) -> Option<&'a str> {
        self.get(name).map(|attribute| attribute.value)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn is_yes(&self, name: &str) -> bool {
        self.value(name) == Some("YES")
    }
}

/// A decimal number without sign as millionths: `6.006`. More decimals are cut off.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(decimals) {
        return None;
    }
    let mut millionths = 0;
    let mut digits = decimals.bytes();
    for _ in 0..6 {
        millionths = millionths * 10 + u64::from(digits.next().unwrap_or(b'0') - b'0');
    }
    whole.parse::<u64>().ok()?.checked_mul(1_000_000)?.checked_add(millionths)
}

/// The same with a sign.
pub(crate) fn signed_decimal(text: &str) -> Option<i64> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let millionths = i64::try_from(decimal(text)?).ok()?;
    Some(if negative { -millionths } else { millionths })
}

/// `1920x1080`.
pub(crate) fn resolution(text: &str) -> Option<(u32, u32)> {
    let (width, height) = text.split_once('x')?;
    Some((integer(width)?.try_into().ok()?, integer(height)?.try_into().ok()?))
}

/// Digits only, up to 20 of them (bis 4.2).
pub(crate) fn integer(text: &str) -> Option<u64> {
    let plain = matches!(text.len(), 1..=20) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// `length[@offset]`.
pub(crate) fn byte_range(text: &str) -> Option<crate::ByteRange> {
    let (length, offset) = match text.split_once('@') {
        Some((length, offset)) => (length, Some(integer(offset)?)),
        None => (text, None),
    };
    Some(crate::ByteRange { length: integer(length)?, offset })
}
