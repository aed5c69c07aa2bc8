//! XML as a tree.

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

/// The most elements of an MPD, and how deep they lie.
const MOST: usize = 1_000_000;
const DEEPEST: usize = 32;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Node>,
    pub(super) has_text: bool,
}

impl Node {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub(super) fn first(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }
}

/// The root element.
pub(super) fn parse(text: &str) -> Result<Node, String> {
    let mut reader = Reader::from_str(text);
    // Elements that are not ended yet; the first holds the root.
    let mut open = vec![Node::default()];
    let mut count = 0_usize;
    loop {
        let event = reader.read_event().map_err(|error| {
            format!("it is not XML at byte {}: {error}", reader.error_position())
        })?;
        let ended = match event {
            Event::Start(start) => {
                open.push(node(&start)?);
                count += 1;
                None
            }
            Event::Empty(start) => {
                count += 1;
                Some(node(&start)?)
            }
            Event::End(_) => open.pop(),
            Event::Text(text) => {
                let blank = text.trim().is_empty();
                note_text(&mut open, !blank);
                None
            }
            Event::CData(_) | Event::GeneralRef(_) => {
                note_text(&mut open, true);
                None
            }
            Event::DocType(_) => return Err("it has a document type declaration".to_owned()),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => None,
            Event::Eof => break,
        };
        if let (Some(ended), Some(parent)) = (ended, open.last_mut()) {
            parent.children.push(ended);
        }
        if count > MOST || open.len() > DEEPEST {
            return Err("it has too many elements".to_owned());
        }
    }
    match (open.len(), open.pop()) {
        (1, Some(mut top)) if top.children.len() == 1 && !top.has_text => {
            top.children.pop().ok_or_else(String::new)
        }
        _ => Err("it has not exactly one root element that ends".to_owned()),
    }
}

fn note_text(open: &mut [Node], any: bool) {
    if let Some(parent) = open.last_mut() {
        parent.has_text |= any;
    }
}

fn node(start: &BytesStart<'_>) -> Result<Node, String> {
    let name = start.name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("an attribute of {name}: {error}"))?;
        let key = attribute.key.as_ref().to_owned();
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0);
        let value = value.map_err(|error| format!("{key} of {name}: {error}"))?;
        attributes.push((key, value.into_owned()));
    }
    Ok(Node { name, attributes, ..Node::default() })
}
