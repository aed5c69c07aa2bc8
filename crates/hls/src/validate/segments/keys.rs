//! Keys (bis 4.4.4.4).

use super::super::{Tag, report::Report};
use crate::syntax::integer;

/// What one key needs.
pub(in super::super) fn key(tag: &Tag<'_>, report: &mut Report) {
    let method = tag.get("METHOD").unwrap_or_default();
    if method == "NONE" {
        if tag.attributes.list.len() > 1 {
            report.tag(tag, "with METHOD=NONE there must be no other attributes");
        }
    } else if !tag.attributes.has("URI") {
        report.tag(tag, "the key has no URI");
    }
    if tag.get("IV").is_some_and(|iv| iv.len() != 34) {
        report.tag(tag, "IV has not 128 bits");
    }
    let versions = tag.get("KEYFORMATVERSIONS");
    if versions.is_some_and(|all| all.split('/').any(|one| integer(one).is_none_or(|n| n == 0))) {
        report.tag(tag, "KEYFORMATVERSIONS is not a list of positive integers divided by `/`");
    }
}

/// All keys of a playlist, and the init sections that they encrypt.
pub(super) fn keys(tags: &[Tag<'_>], report: &mut Report) {
    let mut encrypted = None;
    for tag in tags {
        match tag.name {
            "EXT-X-KEY" => {
                key(tag, report);
                encrypted = Some(tag);
            }
            "EXT-X-MAP" => {
                let needs_iv = encrypted.is_some_and(|key| {
                    key.get("METHOD") == Some("AES-128") && !key.attributes.has("IV")
                });
                if needs_iv {
                    report.must(tag.line, "4.4.4.4", "the key of an encrypted EXT-X-MAP has no IV");
                }
            }
            _ => {}
        }
    }
}
