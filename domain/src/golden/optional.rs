//! Which fields of events may be left out, and which of those a golden file holds with a value. Whoever writes an event is told of
//! each field whether there is anything in it: so nobody has to list them by hand.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Display;

use serde::ser::{self, Serialize};

/// By what a tagged value says which variant it is.
const TAGS: [&str; 3] = ["kind", "type", "task"];

/// Every field that was written, by its type's name and its own.
#[derive(Debug, Default)]
pub(super) struct Fields(RefCell<BTreeMap<String, Seen>>);

/// How a field was seen.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    with: bool,
    without: bool,
}

impl Fields {
    /// Notes all fields of an event of this name.
    pub(super) fn note(&self, event: &str, content: &impl Serialize) {
        content.serialize(Writer { fields: self, name: Some(event.to_owned()), is_event: true }).unwrap();
    }

    /// Notes all fields of what is called so and is no event.
    pub(super) fn note_part(&self, name: &str, part: &impl Serialize) {
        part.serialize(Writer { fields: self, name: Some(name.to_owned()), is_event: false }).unwrap();
    }

    /// Those that were left out, and never held anything.
    pub(super) fn never_with_a_value(&self) -> Vec<String> {
        let all = self.0.borrow();
        all.iter().filter(|(_, seen)| seen.without && !seen.with).map(|(name, _)| name.clone()).collect()
    }

    fn see(&self, name: &str, field: &str, with: bool) {
        let mut all = self.0.borrow_mut();
        let seen = all.entry(format!("{name}.{field}")).or_default();
        seen.with |= with;
        seen.without |= !with;
    }
}

/// What was written.
enum Written {
    Nothing,
    Word(String),
    Something,
}

/// Writes nothing but what [`Fields`] keep.
#[derive(Clone)]
struct Writer<'a> {
    fields: &'a Fields,
    /// What the next struct is called, where that is something else than its type.
    name: Option<String>,
    /// Whether it is an event, of which the content is a field.
    is_event: bool,
}

impl<'a> Writer<'a> {
    const fn of(fields: &'a Fields) -> Self {
        Self { fields, name: None, is_event: false }
    }

    fn parts(self, name: &str) -> Parts<'a> {
        let own = if self.is_event { None } else { self.name.clone() };
        let name = own.unwrap_or_else(|| name.to_owned());
        Parts { fields: self.fields, event: self.name.filter(|_| self.is_event), name, is_first: true }
    }
}

/// A struct, or something else with parts.
struct Parts<'a> {
    fields: &'a Fields,
    /// The event's name, where its content is a field of this.
    event: Option<String>,
    name: String,
    is_first: bool,
}

impl Parts<'_> {
    fn field(&mut self, key: &'static str, value: &(impl Serialize + ?Sized)) -> Result<(), Broken> {
        let name = self.event.clone().filter(|_| key == "data");
        let written = value.serialize(Writer { fields: self.fields, name, is_event: false })?;
        if let (Written::Word(variant), true, true) = (&written, self.is_first, TAGS.contains(&key)) {
            self.name = format!("{}::{variant}", self.name);
        }
        self.is_first = false;
        if self.event.is_none() {
            self.fields.see(&self.name, key, !matches!(written, Written::Nothing));
        }
        Ok(())
    }

    fn within(&self, value: &(impl Serialize + ?Sized)) -> Result<(), Broken> {
        value.serialize(Writer::of(self.fields)).map(drop)
    }
}

/// What cannot be written at all.
#[derive(Debug)]
struct Broken(String);

impl Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

impl ser::Error for Broken {
    fn custom<T: Display>(why: T) -> Self {
        Self(why.to_string())
    }
}

/// Plain values hold something.
macro_rules! plain {
    ($($method:ident: $type:ty,)+) => {
        $(fn $method(self, _: $type) -> Result<Written, Broken> {
            Ok(Written::Something)
        })+
    };
}

impl<'a> ser::Serializer for Writer<'a> {
    type Ok = Written;
    type Error = Broken;
    type SerializeSeq = Parts<'a>;
    type SerializeTuple = Parts<'a>;
    type SerializeTupleStruct = Parts<'a>;
    type SerializeTupleVariant = Parts<'a>;
    type SerializeMap = Parts<'a>;
    type SerializeStruct = Parts<'a>;
    type SerializeStructVariant = Parts<'a>;

    plain! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_f32: f32,
        serialize_f64: f64, serialize_char: char, serialize_bytes: &[u8],
    }

    fn serialize_str(self, text: &str) -> Result<Written, Broken> {
        Ok(Written::Word(text.to_owned()))
    }

    fn serialize_none(self) -> Result<Written, Broken> {
        Ok(Written::Nothing)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Written, Broken> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Written, Broken> {
        Ok(Written::Something)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Written, Broken> {
        Ok(Written::Something)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, word: &'static str) -> Result<Written, Broken> {
        Ok(Written::Word(word.to_owned()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Written, Broken> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<Written, Broken> {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'a>, Broken> {
        Ok(self.parts("list"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Parts<'a>, Broken> {
        Ok(self.parts("tuple"))
    }

    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<Parts<'a>, Broken> {
        Ok(self.parts(name))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Parts<'a>, Broken> {
        Ok(self.parts(name))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'a>, Broken> {
        Ok(self.parts("map"))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Parts<'a>, Broken> {
        Ok(self.parts(name))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'a>, Broken> {
        Ok(self.parts(&format!("{name}::{variant}")))
    }
}

/// What has parts without names: each may have parts with names.
macro_rules! unnamed {
    ($($trait:ident $method:ident,)+) => {
        $(impl ser::$trait for Parts<'_> {
            type Ok = Written;
            type Error = Broken;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Broken> {
                self.within(value)
            }

            fn end(self) -> Result<Written, Broken> {
                Ok(Written::Something)
            }
        })+
    };
}

unnamed! {
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field,
}

impl ser::SerializeMap for Parts<'_> {
    type Ok = Written;
    type Error = Broken;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Broken> {
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Broken> {
        self.within(value)
    }

    fn end(self) -> Result<Written, Broken> {
        Ok(Written::Something)
    }
}

/// What has parts with names: each is a field, also where it is left out.
macro_rules! named {
    ($($trait:ident,)+) => {
        $(impl ser::$trait for Parts<'_> {
            type Ok = Written;
            type Error = Broken;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), Broken> {
                self.field(key, value)
            }

            fn skip_field(&mut self, key: &'static str) -> Result<(), Broken> {
                self.fields.see(&self.name, key, false);
                Ok(())
            }

            fn end(self) -> Result<Written, Broken> {
                Ok(Written::Something)
            }
        })+
    };
}

named! { SerializeStruct, SerializeStructVariant, }
