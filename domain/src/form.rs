//! Forms, described once: each surface draws them as it draws cards, and sends back what was filled in. Which there are, a
//! capability says.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

/// A form to be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormSpec {
    /// By this name it is sent back: `access`. No two forms share one.
    pub name: &'static str,
    /// What stands above it, at most 24 characters, which is what Slack shows.
    pub title: &'static str,
    /// What sends it, at most 24 characters.
    pub submit: &'static str,
    /// Its places, in their order.
    pub slots: &'static [Slot],
}

/// A place to fill in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Its name within the form.
    pub name: &'static str,
    /// What people call it, at most 45 characters.
    pub label: &'static str,
    /// What may be filled in, shown where nothing is; nothing, where empty.
    pub example: &'static str,
    /// A line that explains it; nothing, where empty.
    pub hint: &'static str,
    /// How it is filled in.
    pub look: Look,
    /// So many characters at most.
    pub most: usize,
    /// What is said where it is left empty; nothing where it may be.
    pub demand: Option<&'static str>,
}

/// How a place is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A line of text.
    Line,
    /// Some lines of text.
    Long,
    /// One of these.
    Choice(&'static [&'static str]),
    /// Somebody of the surface. Where a surface cannot show its people in a form, the place is left out: for somebody else is
    /// said in a sentence.
    Person,
    /// A name from this list, which is searched as somebody types; a line of text where the surface cannot do that.
    Suggested(&'static str),
}

impl FormSpec {
    /// The place that a message belongs in which somebody wants to fill in the form about.
    pub fn about(&self) -> Option<&'static Slot> {
        self.slots.iter().find(|slot| slot.look == Look::Long)
    }

    /// The list that is searched in this form, the first where there are several.
    pub fn searched(&self) -> Option<&'static str> {
        self.slots.iter().find_map(|slot| match slot.look {
            Look::Suggested(list) => Some(list),
            Look::Line | Look::Long | Look::Choice(_) | Look::Person => None,
        })
    }

    /// What is filled in as far as it has a place in this form.
    #[must_use]
    pub fn own(&self, filled: &Filled) -> Filled {
        let has_place = |name: &str| self.slots.iter().any(|slot| slot.name == name);
        let fields = filled.fields.iter().filter(|(name, _)| has_place(name));
        Filled {
            form: self.name.to_owned(),
            fields: fields.map(|(name, text)| (name.clone(), text.clone())).collect(),
        }
    }

    /// The form with nothing filled in but what a message says that it is to be about.
    pub fn begun(&self, about: Option<String>) -> Filled {
        let fields = self.about().zip(about).map(|(slot, text)| (slot.name.to_owned(), text));
        Filled { form: self.name.to_owned(), fields: fields.into_iter().collect() }
    }
}

/// What is wrong with what is filled in: the place's name, and the words.
pub type Fault = (&'static str, String);

/// A form as somebody filled it in. What was left empty is not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    /// Which form. Older bots left the name of the access form out, which was the only one once.
    #[serde(rename = "name", default = "the_first")]
    pub form: String,
    /// What stands in its places, by their names.
    #[serde(rename = "form", deserialize_with = "without_nulls")]
    pub fields: BTreeMap<String, String>,
}

impl Filled {
    /// What stands in a place; nothing where it is blank.
    pub fn get(&self, slot: &str) -> Option<&str> {
        self.fields.get(slot).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// The form with at most so many characters in each place: what nobody could mean is not carried about.
    #[must_use]
    pub fn cut(mut self, most: usize) -> Self {
        for text in self.fields.values_mut() {
            if let Some((at, _)) = text.char_indices().nth(most) {
                text.truncate(at);
            }
        }
        self
    }
}

fn the_first() -> String {
    "access".to_owned()
}

/// What was left empty stood there as `null` once.
fn without_nulls<'de, D: Deserializer<'de>>(input: D) -> Result<BTreeMap<String, String>, D::Error> {
    let fields: BTreeMap<String, Option<String>> = BTreeMap::deserialize(input)?;
    Ok(fields.into_iter().filter_map(|(name, text)| Some((name, text?))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOT: Slot = Slot {
        name: "where",
        label: "Where",
        example: "",
        hint: "",
        look: Look::Line,
        most: 20,
        demand: None,
    };
    const LUNCH: FormSpec = FormSpec {
        name: "lunch",
        title: "Lunch",
        submit: "Ask",
        slots: &[SLOT, Slot { name: "why", look: Look::Long, ..SLOT }],
    };

    fn filled(form: &str, fields: &[(&str, &str)]) -> Filled {
        let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Filled { form: form.to_owned(), fields: fields.collect() }
    }

    #[test]
    fn a_message_goes_where_people_write_at_length() {
        assert_eq!(LUNCH.begun(Some("hungry".to_owned())), filled("lunch", &[("why", "hungry")]));
        assert_eq!(LUNCH.begun(None), filled("lunch", &[]));
    }

    #[test]
    fn what_has_no_place_in_the_form_is_left_out() {
        let sent = filled("lunch", &[("where", "here"), ("admin", "true")]);
        assert_eq!(LUNCH.own(&sent), filled("lunch", &[("where", "here")]));
    }

    #[test]
    fn what_is_blank_or_too_long_is_not_carried_about() {
        let sent = filled("lunch", &[("where", "  "), ("why", "äöüß")]);
        assert_eq!((sent.get("where"), sent.get("other"), sent.get("why")), (None, None, Some("äöüß")));
        assert_eq!(sent.cut(3).get("why"), Some("äöü"));
    }
}
