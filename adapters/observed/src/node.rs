//! A place in a body: what is missing or of another type there is told by its path, so that whoever looks after a parked delivery sees
//! where.

use countersign_domain::timeline::Unread;
use jiff::Timestamp;
use serde_json::Value;

/// The most of a name, in characters.
const NAME: usize = 200;

/// A value, and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node<'v> {
    value: &'v Value,
    place: String,
}

impl<'v> Node<'v> {
    /// A whole body.
    pub(crate) const fn root(value: &'v Value) -> Self {
        Self { value, place: String::new() }
    }

    /// What stands under a key, which must be there.
    pub(crate) fn get(&self, key: &str) -> Result<Self, Unread> {
        let found = self.maybe(key)?;
        found.ok_or_else(|| Unread { place: self.below(key), why: "it is missing".to_owned() })
    }

    /// What stands under a key; nothing where there is nothing.
    pub(crate) fn maybe(&self, key: &str) -> Result<Option<Self>, Unread> {
        let table = self.value.as_object().ok_or_else(|| self.is_no("object"))?;
        let found = table.get(key).filter(|value| !value.is_null());
        Ok(found.map(|value| Self { value, place: self.below(key) }))
    }

    /// A text.
    pub(crate) fn text(&self) -> Result<&'v str, Unread> {
        self.value.as_str().ok_or_else(|| self.is_no("text"))
    }

    /// A text that something is called by: not empty, and no longer than anybody reads.
    pub(crate) fn name(&self) -> Result<String, Unread> {
        let text = self.text()?.trim();
        if text.is_empty() {
            return Err(self.unread("it is empty"));
        }
        Ok(text.chars().take(NAME).collect())
    }

    /// A number from 0 on.
    pub(crate) fn number(&self) -> Result<u64, Unread> {
        self.value.as_u64().ok_or_else(|| self.is_no("number from 0 on"))
    }

    /// Yes or no.
    pub(crate) fn flag(&self) -> Result<bool, Unread> {
        self.value.as_bool().ok_or_else(|| self.is_no("yes or no"))
    }

    /// How many there are in a list.
    pub(crate) fn count(&self) -> Result<u64, Unread> {
        let list = self.value.as_array().ok_or_else(|| self.is_no("list"))?;
        Ok(list.len() as u64)
    }

    /// An instant: as a text, or as seconds since 1970.
    pub(crate) fn time(&self) -> Result<Timestamp, Unread> {
        let at = match self.value {
            Value::String(text) => text.parse().ok(),
            seconds => seconds.as_i64().and_then(|seconds| Timestamp::from_second(seconds).ok()),
        };
        at.ok_or_else(|| self.is_no("time"))
    }

    /// A commit's digits; nothing where they are all zero, which is how no commit is written.
    pub(crate) fn commit(&self) -> Result<Option<String>, Unread> {
        let text = self.text()?;
        let is_one = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_one {
            return Err(self.is_no("commit"));
        }
        Ok((!text.bytes().all(|byte| byte == b'0')).then(|| text.to_ascii_lowercase()))
    }

    /// That something is wrong here.
    pub(crate) fn unread(&self, why: &str) -> Unread {
        let place = if self.place.is_empty() { "the body".to_owned() } else { self.place.clone() };
        Unread { place, why: why.to_owned() }
    }

    fn is_no(&self, what: &str) -> Unread {
        self.unread(&format!("there is no {what}"))
    }

    fn below(&self, key: &str) -> String {
        if self.place.is_empty() { key.to_owned() } else { format!("{}.{key}", self.place) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let body = json!({ "a": { "b": 7, "c": "", "d": null, "e": "0".repeat(40) } });
        let a = Node::root(&body).get("a").unwrap();
        let said = |unread: Unread| format!("{}: {}", unread.place, unread.why);
        assert_eq!(said(a.get("d").unwrap_err()), "a.d: it is missing");
        assert_eq!(said(a.get("b").unwrap().text().unwrap_err()), "a.b: there is no text");
        assert_eq!(said(a.get("c").unwrap().name().unwrap_err()), "a.c: it is empty");
        assert_eq!(said(a.get("b").unwrap().get("x").unwrap_err()), "a.b: there is no object");
        assert_eq!(a.get("e").unwrap().commit(), Ok(None));
        let list = json!([]);
        assert_eq!(said(Node::root(&list).get("a").unwrap_err()), "the body: there is no object");
    }
}
