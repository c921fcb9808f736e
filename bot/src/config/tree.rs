//! What was said, as one tree whatever it was said in, each value with the place it comes from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::Fault;

/// Where something was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A line of the file, from 1.
    Line(PathBuf, usize),
    /// An environment variable.
    Variable(String),
    /// A flag of the command line.
    Flag(&'static str),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => write!(f, "the variable {name}"),
            Self::Flag(name) => write!(f, "the flag {name}"),
        }
    }
}

/// One value and its place.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

/// A value: a table, a list, or a leaf.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Table(BTreeMap<String, Node>),
    List(Vec<Node>),
    Leaf(toml::Value),
    /// A word from outside the file: a text, or whatever TOML makes of it, as the key calls for.
    Word(String),
}

/// The tree of a file's text. What cannot be parsed is a fault, and the rest is read all the same.
pub(super) fn parse(path: &Path, text: &str, faults: &mut Vec<Fault>) -> Node {
    let (table, errors) = DeTable::parse_recoverable(text);
    let source = File { path, text };
    faults.extend(errors.into_iter().map(|error| Fault {
        place: source.place(error.span().map_or(0, |span| span.start)).to_string(),
        key: String::new(),
        message: format!("this is not TOML: {}", error.message().replace('\n', "; ")),
    }));
    Node { place: source.place(0), value: Value::Table(source.table(table.into_inner())) }
}

/// Puts a word at a path, in place of what stood there.
pub(super) fn set(node: &mut Node, path: &[String], place: &Place, word: String) {
    let Some((key, rest)) = path.split_first() else {
        *node = Node { place: place.clone(), value: Value::Word(word) };
        return;
    };
    if !matches!(node.value, Value::Table(_)) {
        *node = Node { place: place.clone(), value: Value::Table(BTreeMap::new()) };
    }
    let Value::Table(table) = &mut node.value else { return };
    let empty = || Node { place: place.clone(), value: Value::Table(BTreeMap::new()) };
    set(table.entry(key.clone()).or_insert_with(empty), rest, place, word);
}

impl Node {
    /// A word as TOML would read it: a number, a list, a table. A word that is no TOML stays a text.
    pub(super) fn opened(&self) -> Self {
        let Value::Word(word) = &self.value else { return self.clone() };
        let value = match DeValue::parse(word) {
            Ok(value) => return File { path: Path::new(""), text: word }.node(value).at(&self.place),
            Err(_) => Value::Leaf(toml::Value::String(word.clone())),
        };
        Self { place: self.place.clone(), value }
    }

    fn at(mut self, place: &Place) -> Self {
        self.place = place.clone();
        self.value = match self.value {
            Value::Table(table) => {
                Value::Table(table.into_iter().map(|(key, node)| (key, node.at(place))).collect())
            }
            Value::List(list) => Value::List(list.into_iter().map(|node| node.at(place)).collect()),
            leaf => leaf,
        };
        self
    }

    /// The value without its places.
    pub(super) fn plain(&self) -> toml::Value {
        match &self.value {
            Value::Table(table) => {
                toml::Value::Table(table.iter().map(|(key, node)| (key.clone(), node.plain())).collect())
            }
            Value::List(list) => toml::Value::Array(list.iter().map(Self::plain).collect()),
            Value::Leaf(value) => value.clone(),
            Value::Word(word) => toml::Value::String(word.clone()),
        }
    }
}

#[derive(Clone, Copy)]
struct File<'a> {
    path: &'a Path,
    text: &'a str,
}

impl File<'_> {
    fn place(self, offset: usize) -> Place {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        let line = before.split(|byte| *byte == b'\n').count();
        Place::Line(self.path.to_owned(), line)
    }

    fn table(self, table: DeTable<'_>) -> BTreeMap<String, Node> {
        let entry = |(key, value): (Spanned<_>, _)| {
            // A table's own span may begin far from its key, and people look for the key.
            let place = self.place(key.span().start);
            let key: std::borrow::Cow<'_, str> = key.into_inner();
            (key.into_owned(), Node { place, ..self.node(value) })
        };
        table.into_iter().map(entry).collect()
    }

    fn node(self, value: Spanned<DeValue<'_>>) -> Node {
        let place = self.place(value.span().start);
        let span = value.span();
        let value = match value.into_inner() {
            DeValue::Table(table) => Value::Table(self.table(table)),
            DeValue::Array(list) => Value::List(list.into_iter().map(|value| self.node(value)).collect()),
            leaf => {
                let text = leaf.as_str().map(str::to_owned);
                let read = toml::Value::deserialize(Spanned::new(span, leaf).into_deserializer());
                Value::Leaf(read.unwrap_or_else(|_| toml::Value::String(text.unwrap_or_default())))
            }
        };
        Node { place, value }
    }
}
