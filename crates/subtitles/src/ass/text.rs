//! The text of a line of dialogue.

use super::{
    Script,
    place::{Anchor, Place},
};
use crate::{
    Cue,
    cue::tidy_settings,
    styled::{Colour, Style, Styled},
};

/// The cue of a line of dialogue.
pub(crate) fn cue(script: &Script, style: &str, text: &str, start: i64, end: i64) -> Option<Cue> {
    let named = script.style(style);
    let mut place = Place { anchor: named.anchor, position: None };
    let mut out = Styled::default();
    out.style = named.style;
    let mut drawing = false;
    // Behind the last closing brace an opening one is only a letter; to look for its end each time
    // would take for ever.
    let mut closing = text.matches('}').count();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let tail = rest.get(letter.len_utf8()..).unwrap_or_default();
        rest = match letter {
            '{' if closing > 0 => {
                let (inside, after) = tail.split_once('}').unwrap_or((tail, ""));
                closing -= 1;
                let draws = overrides(inside, &mut out.style, named.style, &mut place);
                drawing = draws.unwrap_or(drawing);
                after
            }
            '{' => tail,
            '}' => {
                closing = closing.saturating_sub(1);
                if !drawing {
                    out.letter('}');
                }
                tail
            }
            _ if drawing => tail,
            '\\' => {
                let mut after = tail.chars();
                match after.next() {
                    Some('N') => out.letter('\n'),
                    Some('n') => out.letter(' '),
                    Some('h') => out.letter('\u{a0}'),
                    _ => {
                        out.letter('\\');
                        after = tail.chars();
                    }
                }
                after.as_str()
            }
            letter => {
                out.letter(letter);
                tail
            }
        };
    }
    let payload = out.finish();
    let settings = place.settings(&payload, Some(script.size()));
    let mut cue = Cue::new(start, end, payload)?;
    cue.settings = settings.as_deref().and_then(tidy_settings);
    Some(cue)
}

/// Takes in the inside of braces. `Some` if drawing begins or ends with it.
pub(crate) fn overrides(
    inside: &str,
    style: &mut Style,
    plain: Style,
    place: &mut Place,
) -> Option<bool> {
    let mut drawing = None;
    // What stands before the first backslash is a remark.
    for tag in inside.split('\\').skip(1).map(str::trim) {
        let (name, value) = split(tag);
        match name {
            "i" => style.italic = flag(value, plain.italic),
            "b" => style.bold = flag(value, plain.bold),
            "u" => style.underline = flag(value, plain.underline),
            "r" => *style = plain,
            "c" => style.colour = colour(value),
            "p" => drawing = Some(value.parse::<u32>().is_ok_and(|scale| scale > 0)),
            "an" => {
                let anchor = value.parse().ok().and_then(Anchor::from_keypad);
                place.anchor = anchor.unwrap_or(place.anchor);
            }
            "a" => {
                let anchor = value.parse().ok().and_then(Anchor::from_old);
                place.anchor = anchor.unwrap_or(place.anchor);
            }
            // Where it begins is where it is put.
            "pos" | "move" => place.position = point(value).or(place.position),
            _ => {}
        }
    }
    drawing
}

/// The name of a tag and its value: `an8`, `1c&HFF&`, `pos(1,2)`.
fn split(tag: &str) -> (&str, &str) {
    if let Some(colour) = tag.strip_prefix("1c") {
        return ("c", colour);
    }
    let end = tag.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(tag.len());
    let (name, value) = tag.split_at_checked(end).unwrap_or((tag, ""));
    // The name of a style follows at once.
    if name.len() > 1 && name.starts_with('r') { ("r", "") } else { (name, value) }
}

/// Nothing means as before, 1 and more (weights of bold) mean yes.
fn flag(value: &str, plain: bool) -> bool {
    match value {
        "" => plain,
        "0" => false,
        weight => weight.parse::<u32>().map_or(plain, |weight| weight == 1 || weight > 500),
    }
}

/// `&HBBGGRR&`.
fn colour(value: &str) -> Option<Colour> {
    let digits = value.trim_matches(['&', 'H', 'h']);
    let number = u32::from_str_radix(digits, 16).ok()?;
    let [_, blue, green, red] = number.to_be_bytes();
    Colour::from_rgb(red, green, blue)
}

/// `(x,y)` and perhaps more.
fn point(value: &str) -> Option<(f64, f64)> {
    let mut numbers = value.trim_start_matches('(').split([',', ')']);
    let mut next = || numbers.next()?.trim().parse::<f64>().ok().filter(|n| n.is_finite());
    Some((next()?, next()?))
}
