//! `.nfo`: XML with one `<movie>`, `<episodedetails>` or `<musicvideo>`, as Kodi defines it. Some
//! have a line with an address before or after it, and some are no XML at all.

use quick_xml::{Reader, events::Event};

use super::{DESCRIPTION, Said, TAG, TAGS, TITLE, day, line, words};

/// The most elements that are looked at.
const ELEMENTS: usize = 20_000;

/// What it says.
pub(super) fn read(text: &str) -> Said {
    let Some(start) = ["<movie", "<episodedetails", "<musicvideo", "<video"]
        .iter()
        .find_map(|root| text.find(root))
    else {
        return Said::default();
    };
    let mut reader = Reader::from_str(text.get(start..).unwrap_or_default());
    let (mut said, mut path, mut content) = (Said::default(), Vec::<String>::new(), String::new());
    for _ in 0..ELEMENTS {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                path.push(element.local_name().as_ref().to_owned());
                content.clear();
            }
            Ok(Event::Text(text)) => content.push_str(&text),
            Ok(Event::CData(text)) => content.push_str(&text),
            Ok(Event::GeneralRef(name)) => content.push_str(&reference(&name)),
            Ok(Event::End(_)) => {
                // Only what stands directly below the root: actors have names as well.
                if let [_, name] = path.as_slice() {
                    note(&mut said, name, &content);
                }
                content.clear();
                path.pop();
                if path.is_empty() {
                    return said;
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    // A document that ends before its root does is not trusted.
    Said::default()
}

/// The character that `&name;` stands for [XML 1.0, 4.6]; a space for what nobody knows.
fn reference(name: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(character)) = name.resolve_char_ref() {
        return character.to_string();
    }
    match &**name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => " ",
    }
    .to_owned()
}

fn note(said: &mut Said, name: &str, content: &str) {
    match name {
        "title" => said.title = said.title.take().or_else(|| line(content, TITLE)),
        "plot" => said.description = words(content, DESCRIPTION).or(said.description.take()),
        "outline" => {
            said.description = said.description.take().or_else(|| words(content, DESCRIPTION));
        }
        "premiered" | "aired" | "releasedate" => said.made_ms = day(content).or(said.made_ms),
        "year" => said.made_ms = said.made_ms.or_else(|| day(content)),
        "tag" | "genre" if said.tags.len() < TAGS => {
            if let Some(tag) = line(content, TAG).filter(|tag| !said.tags.contains(tag)) {
                said.tags.push(tag);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_film_is_read_as_kodi_writes_it() {
        let said = read(
            "\u{feff}<?xml version=\"1.0\"?>\n<movie>\n <title>Tom &amp; Jerry&#33;</title>\n <year>1940</year>\n \
             <plot><![CDATA[A cat <and> a mouse.]]></plot>\n <genre>Animation</genre><tag>Cat</tag><tag>Cat</tag>\n \
             <actor><name>Tom</name><title>no</title></actor>\n</movie>\nhttps://example.org/1",
        );
        assert_eq!(said.title.as_deref(), Some("Tom & Jerry!"));
        assert_eq!(said.description.as_deref(), Some("A cat <and> a mouse."));
        assert_eq!(said.tags, ["Animation", "Cat"]);
        assert_eq!(said.made_ms, Some(-946_771_200_000));
    }

    #[test]
    fn an_address_alone_says_nothing() {
        assert_eq!(read("https://www.imdb.com/title/tt0000001/"), Said::default());
    }
}
