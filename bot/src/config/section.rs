//! One table of the configuration, read key by key; whatever is wrong becomes a fault, and reading goes on.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Display;

use serde::de::DeserializeOwned;

use super::fault::Fault;
use super::tree::{Node, Place, Value};

/// A key is meant by another one that looks at least this much alike, 0 to 1.
const ALIKE: f64 = 0.6;

/// The faults found so far, and where everything stands that was read: what is wrong with two keys together is told long after
/// either was read.
#[derive(Debug, Default)]
pub(super) struct Faults {
    found: RefCell<Vec<Fault>>,
    places: RefCell<BTreeMap<String, Place>>,
    /// What may stand once, and where it does.
    alone: RefCell<BTreeMap<(String, String), String>>,
}

impl Faults {
    pub(super) fn add(&self, place: &Place, key: &str, message: impl Display) {
        let fault = Fault { place: place.to_string(), key: key.to_owned(), message: message.to_string() };
        self.found.borrow_mut().push(fault);
    }

    pub(super) fn extend(&self, faults: Vec<Fault>) {
        self.found.borrow_mut().extend(faults);
    }

    pub(super) fn into_inner(self) -> Vec<Fault> {
        self.found.into_inner()
    }

    fn stands(&self, path: String, place: &Place) {
        self.places.borrow_mut().insert(path, place.clone());
    }

    /// Takes what may stand once for what stands here; where it stands already, says where that is.
    fn take_alone(&self, what: (String, String), here: String) -> Option<String> {
        match self.alone.borrow_mut().entry(what) {
            Entry::Occupied(taken) => Some(taken.get().clone()),
            Entry::Vacant(free) => {
                free.insert(here);
                None
            }
        }
    }

    /// Where a key stands; of one that is not there, the table that it belongs to.
    fn place(&self, path: &str) -> Option<Place> {
        let places = self.places.borrow();
        std::iter::successors(Some(path), |path| path.rsplit_once('.').map(|(table, _)| table))
            .find_map(|path| places.get(path).cloned())
    }
}

/// One table. The keys that are asked for are the keys there are: [`Section::finish`] names all others as unknown.
pub(super) struct Section<'a> {
    pub(super) place: Place,
    path: String,
    table: BTreeMap<String, Node>,
    known: Vec<&'static str>,
    faults: &'a Faults,
}

impl<'a> Section<'a> {
    /// The table in this node; a fault where there is something else.
    pub(super) fn new(node: &Node, path: String, faults: &'a Faults) -> Self {
        let node = node.opened();
        let table = if let Value::Table(table) = node.value {
            table
        } else {
            faults.add(&node.place, &path, "this must be a table of keys and values");
            BTreeMap::new()
        };
        faults.stands(path.clone(), &node.place);
        Self { place: node.place, path, table, known: Vec::new(), faults }
    }

    /// Reads a key into `target`, which keeps its default where the key is absent or wrong. `like` says what fits.
    pub(super) fn read<T: DeserializeOwned>(&mut self, key: &'static str, like: &str, target: &mut T) {
        if let Some(value) = self.optional(key, like) {
            *target = value;
        }
    }

    /// The value of a key, if it is there and fits.
    pub(super) fn optional<T: DeserializeOwned>(&mut self, key: &'static str, like: &str) -> Option<T> {
        self.optional_as(key, like, |value| value.try_into().map_err(|error: toml::de::Error| flat(&error)))
    }

    /// The value of a key that must be there.
    pub(super) fn required<T: DeserializeOwned>(&mut self, key: &'static str, like: &str) -> Option<T> {
        if !self.table.contains_key(key) {
            self.known.push(key);
            self.fault(key, format!("this is missing: write {like}"));
        }
        self.optional(key, like)
    }

    /// The value of a key, if it is there and `convert` takes it.
    pub(super) fn optional_as<T, E: Display>(
        &mut self,
        key: &'static str,
        like: &str,
        convert: impl Fn(toml::Value) -> Result<T, E>,
    ) -> Option<T> {
        let node = self.take(key)?;
        // A word from the environment may be meant as a text or as what TOML reads in it.
        let fits = convert(node.plain()).or_else(|first| convert(node.opened().plain()).map_err(|_| first));
        match fits {
            Ok(value) => Some(value),
            Err(error) => {
                let given = node.plain().to_string().chars().take(60).collect::<String>();
                self.faults.add(
                    &node.place,
                    &self.full(key),
                    format!("{given} does not fit ({error}): write {like}"),
                );
                None
            }
        }
    }

    /// The table under a key; an empty one where there is none.
    pub(super) fn section(&mut self, key: &'static str) -> Section<'a> {
        let empty = Node { place: self.place.clone(), value: Value::Table(BTreeMap::new()) };
        let node = self.take(key).unwrap_or(empty);
        Section::new(&node, self.full(key), self.faults)
    }

    /// The table under a key, if there is one.
    pub(super) fn optional_section(&mut self, key: &'static str) -> Option<Section<'a>> {
        let node = self.take(key)?;
        Some(Section::new(&node, self.full(key), self.faults))
    }

    /// The tables in the list under a key.
    pub(super) fn list(&mut self, key: &'static str) -> Vec<Section<'a>> {
        let Some(node) = self.take(key).map(|node| node.opened()) else { return Vec::new() };
        let Value::List(items) = &node.value else {
            self.faults.add(&node.place, &self.full(key), "this must be a list of tables");
            return Vec::new();
        };
        let item = |(index, item)| Section::new(item, format!("{}[{index}]", self.full(key)), self.faults);
        items.iter().enumerate().map(item).collect()
    }

    /// All other keys together, as one thing; a fault where they do not fit: at the key whose value does not, or at the table.
    pub(super) fn rest<T: DeserializeOwned>(&mut self) -> Option<T> {
        let table = std::mem::take(&mut self.table);
        for (key, node) in &table {
            self.faults.stands(self.full(key), &node.place);
        }
        // A word from the environment may be meant as a text or as what TOML reads in it.
        let read = |opened: bool, without: &str| {
            let value = |node: &Node| if opened { node.opened().plain() } else { node.plain() };
            let entries = table.iter().filter(|(key, _)| *key != without);
            toml::Value::Table(entries.map(|(key, node)| (key.clone(), value(node))).collect())
                .try_into::<T>()
        };
        match read(false, "").or_else(|first| read(true, "").map_err(|_| first)) {
            Ok(value) => Some(value),
            Err(error) => {
                let said = flat(&error);
                // What is missing or unknown is named in what was said; of a value it does not say which.
                let is_named = said.starts_with("missing field") || said.starts_with("unknown field");
                let is_wrong = |key: &&String| {
                    read(false, key.as_str()).map_or_else(|other| flat(&other) != said, |_| true)
                };
                let key = table.keys().find(is_wrong).filter(|_| !is_named);
                self.fault(key.map_or("", String::as_str), format!("this does not fit: {said}"));
                None
            }
        }
    }

    /// All entries, under whatever names people gave them.
    pub(super) fn entries(&mut self) -> Vec<(String, Section<'a>)> {
        let entries = std::mem::take(&mut self.table).into_iter();
        let section = |(key, node): (String, Node)| {
            let section = Section::new(&node, self.full(&key), self.faults);
            (key, section)
        };
        entries.map(section).collect()
    }

    /// Says that something is wrong with a key's value, at its place, or with the table itself (`""`).
    pub(super) fn fault(&self, key: &str, message: impl Display) {
        let path = if key.is_empty() { self.path.clone() } else { self.full(key) };
        self.faults.add(self.faults.place(&path).as_ref().unwrap_or(&self.place), &path, message);
    }

    /// Says that something is wrong at this place of a file that a key names.
    pub(super) fn fault_in(&self, key: &str, place: String, message: impl Display) {
        self.faults.extend(vec![Fault { place, key: self.full(key), message: message.to_string() }]);
    }

    /// Takes a thing of this kind for what this key says alone: by it somebody is known. Where it stands elsewhere already, that is a
    /// fault that names both places, and never the thing.
    pub(super) fn alone(&self, key: &str, (kind, thing): (&str, &str), why: &str) {
        let path = self.full(key);
        let place = self.faults.place(&path).unwrap_or_else(|| self.place.clone());
        let here = format!("{path} ({place})");
        if let Some(there) = self.faults.take_alone((kind.to_owned(), thing.to_owned()), here) {
            self.fault(key, format!("the same {kind} stands at {there} already: {why}"));
        }
    }

    /// Names every key that nobody asked for, with the nearest one there is.
    pub(super) fn finish(self) {
        for (key, node) in &self.table {
            self.faults.add(&node.place, &self.full(key), unknown(key, &self.known));
        }
    }

    fn take(&mut self, key: &'static str) -> Option<Node> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        let node = self.table.remove(key)?;
        self.faults.stands(self.full(key), &node.place);
        Some(node)
    }

    fn full(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

fn unknown(key: &str, known: &[&str]) -> String {
    match nearest(key, known) {
        Some(name) => format!("there is no such key; did you mean `{name}`?"),
        None => format!("there is no such key here, only {}", known.join(", ")),
    }
}

/// Which of the known names is meant, if one is.
pub(crate) fn nearest<'n>(given: &str, known: &[&'n str]) -> Option<&'n str> {
    let scored = known.iter().map(|name| (strsim::normalized_damerau_levenshtein(given, name), *name));
    let (score, name) = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (score >= ALIKE || name.starts_with(given) || given.starts_with(name)).then_some(name)
}

fn flat(error: &toml::de::Error) -> String {
    error.message().replace('\n', " ")
}
