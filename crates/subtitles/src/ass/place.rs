//! Where text stands, and how `WebVTT` says so.

/// Which point of the text is meant by its place.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Anchor {
    pub(crate) row: Row,
    pub(crate) column: Column,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Row {
    #[default]
    Bottom,
    Middle,
    Top,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Column {
    Left,
    #[default]
    Centre,
    Right,
}

impl Anchor {
    /// As the digits lie on a keypad: 7 8 9 above, 1 2 3 below.
    pub(crate) fn from_keypad(number: u32) -> Option<Self> {
        let row = match number {
            1..=3 => Row::Bottom,
            4..=6 => Row::Middle,
            7..=9 => Row::Top,
            _ => return None,
        };
        Some(Self { row, column: column(number)? })
    }

    /// As the predecessor numbers them: 1 to 3 below, 5 to 7 above, 9 to 11 in the middle.
    pub(crate) fn from_old(number: u32) -> Option<Self> {
        let row = match number {
            1..=3 => Row::Bottom,
            5..=7 => Row::Top,
            9..=11 => Row::Middle,
            _ => return None,
        };
        Some(Self { row, column: column(number & 3)? })
    }
}

fn column(number: u32) -> Option<Column> {
    match number.checked_rem(3)? {
        1 => Some(Column::Left),
        2 => Some(Column::Centre),
        _ => Some(Column::Right),
    }
}

/// Where a cue is asked to stand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    pub(crate) anchor: Anchor,
    /// In the coordinates of the script.
    pub(crate) position: Option<(f64, f64)>,
}

/// About how much of the height of the picture a line of text takes, in percent.
const LINE: f64 = 6.0;

impl Place {
    /// The settings of a cue with that text, on a picture of that size; `None` for below in the
    /// middle, where text stands anyway. Without a size positions say nothing.
    pub(crate) fn settings(&self, payload: &str, size: Option<(f64, f64)>) -> Option<String> {
        let mut words = Vec::new();
        let mut column = self.anchor.column;
        match self.position.zip(size) {
            Some(((x, y), (width, height))) => {
                let (x, y) = (percent(x, width), percent(y, height));
                words.extend(self.line_at(y, payload));
                // Text in the middle of a point may only be as wide as twice its distance to the
                // nearer border: there it is put to that border, or it would be all line breaks.
                let mut x = x;
                if column == Column::Centre && x < 25.0 {
                    (column, x) = (Column::Left, (x - 12.0).max(0.0));
                } else if column == Column::Centre && x > 75.0 {
                    (column, x) = (Column::Right, (x + 12.0).min(100.0));
                }
                if column != Column::Centre || (x - 50.0).abs() > 5.0 {
                    words.push(format!("position:{x:.0}%"));
                }
            }
            None => match self.anchor.row {
                Row::Bottom => {}
                Row::Middle => words.push("line:50%".to_owned()),
                Row::Top => words.push("line:0".to_owned()),
            },
        }
        match column {
            Column::Left => words.push("align:left".to_owned()),
            Column::Centre => {}
            Column::Right => words.push("align:right".to_owned()),
        }
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// The upper border of the text, reckoned from the point that is given: not every player
    /// understands any other.
    fn line_at(&self, y: f64, payload: &str) -> Option<String> {
        let lines = payload.split('\n').take(20).fold(0.0, |count, _| count + 1.0);
        let top = match self.anchor.row {
            Row::Bottom => y - lines * LINE,
            Row::Middle => y - lines * LINE / 2.0,
            Row::Top => y,
        };
        let below = self.anchor.row == Row::Bottom && y > 85.0;
        (!below).then(|| format!("line:{:.0}%", top.clamp(0.0, 95.0)))
    }
}

fn percent(part: f64, whole: f64) -> f64 {
    let percent = part / whole * 100.0;
    if percent.is_finite() { percent.clamp(0.0, 100.0) } else { 50.0 }
}
