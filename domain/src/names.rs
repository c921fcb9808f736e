//! Names that keep tenants apart: [`Tenant`], [`StreamName`], [`PrincipalId`], all checked when they are made.

use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};
use smol_str::SmolStr;

/// A name that does not follow its grammar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} `{given}` is not valid: {why}")]
pub struct BadName {
    /// What was being named: tenant, stream, principal.
    pub what: &'static str,
    /// The text as it was given, cut to 80 characters.
    pub given: String,
    /// The part of the grammar it breaks.
    pub why: &'static str,
}

impl BadName {
    pub(crate) fn new(what: &'static str, given: &str, why: &'static str) -> Self {
        Self { what, given: given.chars().take(80).collect(), why }
    }
}

/// Reads what has a form as text, without a `String` in between: a log is full of names.
pub(crate) fn from_text<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    struct Text<T>(PhantomData<T>);

    impl<T: FromStr<Err: Display>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }

    from.deserialize_str(Text(PhantomData))
}

// Copies of a name share its text, or hold it themselves where it is short.
macro_rules! text_name {
    ($name:ident, $check:path) => {
        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = BadName;

            fn from_str(text: &str) -> Result<Self, BadName> {
                $check(text)?;
                Ok(Self(SmolStr::new(text)))
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadName;

            fn try_from(text: String) -> Result<Self, BadName> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0.into()
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from_text(from)
            }
        }
    };
}

/// One customer organisation: `[a-z0-9_]+`, at most 40 bytes. It is part of every stream name, key, query and log line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenant(SmolStr);
text_name!(Tenant, check_tenant);

impl Tenant {
    /// The one that stands for the installation: what belongs to no organisation is kept under its name.
    pub fn installation() -> Self {
        Self(SmolStr::new_static("_installation"))
    }

    /// Whether an organisation can be called so.
    pub fn is_an_organisation(&self) -> bool {
        !self.0.starts_with('_')
    }
}

/// Who acts, within a tenant: `[A-Za-z0-9._@:-]+`, at most 100 bytes. Never a display name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrincipalId(SmolStr);
text_name!(PrincipalId, check_principal);

/// The address of one aggregate's events: `<tenant>.<category>-<id>`, ASCII, at most 200 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamName(SmolStr);
text_name!(StreamName, check_stream);

impl StreamName {
    /// The stream of the aggregate `id` of `category` in `tenant`.
    pub fn new(tenant: &Tenant, category: &str, id: &str) -> Result<Self, BadName> {
        Self::try_from(format!("{tenant}.{category}-{id}"))
    }

    /// The tenant's part, up to the first dot.
    pub fn tenant(&self) -> &str {
        self.0.split_once('.').map_or("", |(tenant, _)| tenant)
    }

    /// The category's part, between the first dot and the first dash after it.
    pub fn category(&self) -> &str {
        self.0.split_once('.').and_then(|(_, rest)| rest.split_once('-')).map_or("", |(category, _)| category)
    }

    /// The id's part, after the first dash behind the category.
    pub fn id(&self) -> &str {
        self.0.split_once('.').and_then(|(_, rest)| rest.split_once('-')).map_or("", |(_, id)| id)
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn check_tenant(text: &str) -> Result<(), BadName> {
    if text.len() > 40 {
        return Err(BadName::new("tenant", text, "it is longer than 40 bytes"));
    }
    if !is_word(text) {
        return Err(BadName::new("tenant", text, "only a-z, 0-9 and _ are allowed"));
    }
    Ok(())
}

fn check_principal(text: &str) -> Result<(), BadName> {
    if text.is_empty() || text.len() > 100 {
        return Err(BadName::new("principal", text, "it must have 1 to 100 bytes"));
    }
    if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._@:-".contains(&b)) {
        return Err(BadName::new("principal", text, "only letters, digits and . _ @ : - are allowed"));
    }
    Ok(())
}

fn check_stream(text: &str) -> Result<(), BadName> {
    let bad = |why| Err(BadName::new("stream", text, why));
    if text.len() > 200 {
        return bad("it is longer than 200 bytes");
    }
    let Some((tenant, rest)) = text.split_once('.') else {
        return bad("it has no dot after the tenant");
    };
    let Some((category, id)) = rest.split_once('-') else {
        return bad("it has no dash after the category");
    };
    if check_tenant(tenant).is_err() || !is_word(category) {
        return bad("tenant and category may hold only a-z, 0-9 and _");
    }
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\') {
        return bad("the id must be printable ASCII without spaces, quotes and backslashes");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_name_has_three_parts() {
        let name: StreamName = "acme.request-k7qm2x".parse().unwrap();
        assert_eq!((name.tenant(), name.category(), name.id()), ("acme", "request", "k7qm2x"));
    }

    #[test]
    fn a_name_that_could_reach_into_another_tenant_is_refused() {
        for bad in [
            "acme",
            "acme.access",
            "Acme.request-1",
            "acme.ac.cess-1",
            "acme..request-1",
            "acme.request-",
            "acme.request-a b",
        ] {
            assert!(bad.parse::<StreamName>().is_err(), "{bad}");
        }
        assert!(Tenant::try_from("ac.me".to_owned()).is_err());
        assert!("a b".parse::<PrincipalId>().is_err());
    }
}
