//! An answer in its order: one part after the other, each of them a set with an order of its own.
//!
//! Unrated videos come behind rated ones, undated ones behind dated ones, and matches elsewhere
//! behind matches in titles: such an answer has several parts, and each part is taken by the cheapest
//! way. A part with few members is sorted; one with many is found by walking along an order that is
//! kept; a random order is counted into heaps first.

use crate::{
    Query, Sort,
    bits::Bits,
    catalogue::Catalogue,
    cursor::Mark,
    person::Person,
    ranked::{Place, Ranked},
    rows::Key,
    text::Terms,
    titles::{Titled, compare},
};

/// Up to so many are sorted rather than looked for along an order. Few in tests.
const SORTED: u64 = if cfg!(test) { 3 } else { 4_096 };

/// Some of the videos of an answer, and how they are ordered.
pub(crate) struct Part<'a> {
    pub(crate) bits: Bits,
    order: Order<'a>,
    /// The largest key first; among equal ones titles still go from A to Z.
    descending: bool,
}

#[derive(Clone, Copy)]
enum Order<'a> {
    Title,
    Key(Key),
    Played(&'a Person),
    Random(u64),
}

/// Where to begin in a part.
#[derive(Clone, Copy)]
pub(crate) enum Begin<'a> {
    Skip(u64),
    After(&'a Mark),
}

/// What a row of a part is ordered by: these two, the smaller first.
type Weight = (i64, u64);

impl Catalogue {
    /// The parts of what a query means. Every video is in one of them.
    pub(crate) fn parts(&self, query: &Query) -> Vec<Part<'_>> {
        let person = self.person(query.user);
        let whole =
            |order| vec![Part { bits: self.select(query), order, descending: query.descending }];
        match query.sort {
            Sort::Title => whole(Order::Title),
            Sort::Random => whole(Order::Random(query.seed)),
            Sort::Views => whole(Order::Key(Key::Views)),
            Sort::Added => whole(Order::Key(Key::Added)),
            Sort::Duration => whole(Order::Key(Key::Duration)),
            Sort::Size => whole(Order::Key(Key::Size)),
            Sort::Made => self.known_first(query, &self.rows.dated, Order::Key(Key::Made)),
            Sort::Played => {
                let mut played = Bits::none(self.rows.width());
                person.played.forward(Ranked::start()).for_each(|row| played.insert(row));
                self.known_first(query, &played, Order::Played(person))
            }
            Sort::Rating => self.by_stars(query),
            Sort::Relevance => self.by_relevance(query),
        }
    }

    /// Those whose key is known, then the others by title.
    fn known_first<'a>(&self, query: &Query, known: &Bits, order: Order<'a>) -> Vec<Part<'a>> {
        let mut rest = self.select(query);
        let mut bits = rest.clone();
        bits.keep(known);
        rest.drop_all(known);
        let known = Part { bits, order, descending: query.descending };
        vec![known, Part { bits: rest, order: Order::Title, descending: false }]
    }

    fn by_stars(&self, query: &Query) -> Vec<Part<'_>> {
        let part = |bits| Part { bits, order: Order::Title, descending: false };
        let mut rest = self.select(query);
        let mut parts = Vec::with_capacity(6);
        for set in &self.person(query.user).stars {
            let mut bits = rest.clone();
            set.keep_in(&mut bits);
            set.drop_from(&mut rest);
            parts.push(part(bits));
        }
        if query.descending {
            parts.reverse();
        }
        parts.push(part(rest));
        parts
    }

    /// Whole words in titles, then beginnings in titles, then the rest; each by views. The other way
    /// round everything is reversed but the titles of equals.
    fn by_relevance(&self, query: &Query) -> Vec<Part<'_>> {
        let all = self.filter(query);
        let found = self.find_in_titles(&Terms::parse(&query.text));
        let (mut whole, mut begun, mut rest) = (found.whole, found.begun, found.all);
        rest.drop_all(&begun);
        rest.drop_all(&whole);
        begun.drop_all(&whole);
        let mut parts: Vec<Part<'_>> = [&mut whole, &mut begun, &mut rest]
            .map(|bits| {
                bits.keep(&all);
                let (bits, order) = (std::mem::take(bits), Order::Key(Key::Views));
                Part { bits, order, descending: !query.descending }
            })
            .into();
        if query.descending {
            parts.reverse();
        }
        parts
    }

    /// The mark of a row in a part.
    pub(crate) fn mark(&self, number: usize, part: &Part<'_>, row: u32) -> Mark {
        let key = self.key(part.order, row);
        let title = match part.order {
            Order::Random(_) => String::new(),
            _ => self.records.title(row).to_owned(),
        };
        let part = u8::try_from(number).unwrap_or(u8::MAX);
        Mark { part, key, title, number: self.rows.number(row) }
    }

    /// Up to so many rows of a part, in its order.
    pub(crate) fn take(&self, part: &Part<'_>, from: Begin<'_>, count: usize) -> Vec<u32> {
        if count == 0 {
            return Vec::new();
        }
        let bits = &part.bits;
        let least = match from {
            Begin::Skip(_) => (i64::MIN, 0),
            Begin::After(mark) => self.least(part, mark),
        };
        let skip = match from {
            Begin::Skip(skip) => skip,
            Begin::After(_) => 0,
        };
        let all = bits.count();
        if skip >= all {
            return Vec::new();
        }
        if let Order::Random(_) = part.order {
            return self.take_random(part, least, skip, count);
        }
        let all_of_them = count as u64 >= all;
        if all <= SORTED || (all_of_them && all < self.len() as u64 / 16) {
            let weighed = bits.rows().map(|row| (self.weight(part, row), row));
            let weighed = weighed.filter(|(weight, _)| *weight >= least).collect();
            return sorted(weighed, skip, count);
        }
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let order = match part.order {
            Order::Key(key) => self.orders.get(key as usize).unwrap_or(&self.titles.order),
            Order::Played(person) => &person.played,
            Order::Title | Order::Random(_) => &self.titles.order,
        };
        let member = |row: &u32| bits.contains(*row);
        // By this the order is kept.
        let kept = |row| (self.key(part.order, row), self.titles.label(row));
        match (part.descending, part.order) {
            (false, _) => {
                let start = order.partition(|row| kept(row) < least);
                order.forward(start).filter(member).skip(skip).take(count).collect()
            }
            (true, Order::Title) => {
                let start = order.partition(|row| self.titles.label(row) <= !least.1);
                order.backward(start).filter(member).skip(skip).take(count).collect()
            }
            (true, _) => take_backward(order, bits, &kept, least, skip, count),
        }
    }

    /// What a row is ordered by, before its title.
    fn key(&self, order: Order<'_>, row: u32) -> i64 {
        match order {
            Order::Title => 0,
            Order::Key(key) => self.rows.key(key, row),
            Order::Played(person) => person.played_ms(row),
            Order::Random(seed) => shuffled(seed, self.rows.number(row)),
        }
    }

    fn weight(&self, part: &Part<'_>, row: u32) -> Weight {
        let key = self.key(part.order, row);
        let last = match part.order {
            Order::Random(_) => u64::from(self.rows.number(row)),
            Order::Title if part.descending => return (0, !self.titles.label(row)),
            _ => self.titles.label(row),
        };
        (if part.descending { !key } else { key }, last)
    }

    /// The least weight behind a mark.
    fn least(&self, part: &Part<'_>, mark: &Mark) -> Weight {
        let key = if part.descending { !mark.key } else { mark.key };
        if let Order::Random(_) = part.order {
            return (key, u64::from(mark.number) + 1);
        }
        let (records, numbers) = (&self.records, &self.rows.numbers);
        let titled = Titled { title: &mark.title, number: mark.number };
        let titles = &self.titles;
        let label = |place: Place| titles.order.get(place).map(|row| titles.label(row));
        if part.descending && matches!(part.order, Order::Title) {
            // Labels are above 0 and shrink from here on.
            let not_before = label(titles.place(titled, records, numbers));
            return (0, not_before.map_or(0, |label| !label + 1));
        }
        let behind = titles.order.partition(|row| compare(row, titled, records, numbers).is_le());
        let key = if let Order::Title = part.order { 0 } else { key };
        (key, label(behind).unwrap_or(u64::MAX))
    }

    /// Keys of a random order are spread evenly, so it is known about where a page is: what is before
    /// is counted, what is near is sorted.
    fn take_random(&self, part: &Part<'_>, least: Weight, skip: u64, count: usize) -> Vec<u32> {
        let all = part.bits.count();
        let turn = if part.descending { -1 } else { 0 };
        let begins = least.0 == i64::MIN;
        // How far from its place the n-th of many random keys hardly ever is.
        let mut slack = 64 + 6 * all.isqrt();
        loop {
            let many = (count as u64).saturating_add(slack);
            let (from, to) = if begins {
                let from = nth_of(skip.saturating_sub(slack), all);
                (from, nth_of(skip.saturating_add(many), all))
            } else {
                let width = nth_of(many, all).abs_diff(i64::MIN);
                (least.0, least.0.saturating_add_unsigned(width))
            };
            let (mut before, mut near) = (0, Vec::new());
            for row in part.bits.rows() {
                let key = self.key(part.order, row) ^ turn;
                if key < from {
                    before += 1;
                } else if key <= to {
                    near.push(((key, u64::from(self.rows.number(row))), row));
                }
            }
            near.retain(|(weight, _)| *weight >= least);
            let skip = if begins { skip.checked_sub(before) } else { Some(0) };
            if let Some(skip) = skip
                && (to == i64::MAX || near.len() as u64 >= skip.saturating_add(count as u64))
            {
                return sorted(near, skip, count);
            }
            slack = slack.saturating_mul(8);
        }
    }
}

/// Where the n-th of so many keys would be, if they were spread quite evenly.
fn nth_of(n: u64, all: u64) -> i64 {
    let share = (u128::from(n.min(all)) << 64) / u128::from(all.max(1));
    let share = u64::try_from(share).unwrap_or(u64::MAX);
    i64::MIN.saturating_add_unsigned(share)
}

/// The rows of these, in order.
fn sorted(mut weighed: Vec<(Weight, u32)>, skip: u64, count: usize) -> Vec<u32> {
    weighed.sort_unstable();
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    weighed.into_iter().map(|(_, row)| row).skip(skip).take(count).collect()
}

/// Members from the end of an order, where rows with the same key stay in the order of their titles.
///
/// `kept` is the weight by which the order is kept; `least` has its key turned round.
fn take_backward(
    order: &Ranked,
    bits: &Bits,
    kept: &impl Fn(u32) -> Weight,
    least: Weight,
    mut skip: usize,
    count: usize,
) -> Vec<u32> {
    let mut taken = Vec::with_capacity(count.min(1024));
    let first_of = |key: i64| order.partition(|row| kept(row).0 < key);
    // Keys are read of members only: a group may be long, and have none.
    let group = |from: Place, key: i64| {
        let members = order.forward(from).filter(|row| bits.contains(*row));
        members.take_while(move |row| kept(*row).0 == key)
    };
    let mut end = order.end();
    if least.0 != i64::MIN {
        let key = !least.0;
        let begin = order.partition(|row| kept(row) < (key, least.1));
        taken.extend(group(begin, key).take(count));
        end = first_of(key);
    } else if skip > 0 {
        // The last one to be skipped is in the group that the page begins with or ends before.
        let mut left = skip;
        let at = order.last_before(end, |row| {
            left -= usize::from(bits.contains(row));
            left == 0
        });
        if let Some(row) = at.and_then(|at| order.get(at)) {
            let key = kept(row).0;
            let behind = order.partition(|row| kept(row).0 <= key);
            skip -= order.forward(behind).filter(|row| bits.contains(*row)).count();
            end = behind;
        }
    }
    while taken.len() < count {
        let Some(place) = order.last_before(end, |row| bits.contains(row)) else { break };
        let Some(key) = order.get(place).map(|row| kept(row).0) else { break };
        end = first_of(key);
        for row in group(end, key) {
            if skip > 0 {
                skip -= 1;
            } else if taken.len() < count {
                taken.push(row);
            } else {
                break;
            }
        }
    }
    taken
}

/// The place of a video in the random order of a seed.
fn shuffled(seed: u64, number: u32) -> i64 {
    // The finisher of splitmix64: every bit of the result depends on every bit of both.
    let mut mixed = seed.wrapping_add(u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)).cast_signed()
}
