//! How a tenant is written, so that it is read as the same again: who is disabled says so where they are named.

use countersign_domain::tenant::Person;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::{ForgeConfig, TenantConfig};

/// Somebody, as the file lists them.
#[derive(Serialize)]
struct Listed<'a> {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    disabled: bool,
    #[serde(flatten)]
    person: &'a Person,
}

impl Serialize for TenantConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // By all their names, so that the compiler says which is forgotten here.
        let Self {
            name,
            time_zone,
            rules,
            people,
            disabled,
            tokens,
            words,
            forge,
            jira,
            slack,
            teams,
            discord,
            help,
            integrations,
        } = self;
        let listed = people.iter().map(|person| Listed { disabled: disabled.contains(&person.id), person });
        let people: Vec<_> = listed.collect();
        let mut written = serializer.serialize_map(None)?;
        written.serialize_entry("name", name)?;
        if let Some(zone) = time_zone {
            written.serialize_entry("time_zone", zone)?;
        }
        written.serialize_entry("rules_text", rules)?;
        written.serialize_entry("people", &people)?;
        written.serialize_entry("tokens", tokens)?;
        if !words.is_empty() {
            written.serialize_entry("words", words)?;
        }
        match forge {
            ForgeConfig::Bitbucket(bitbucket) => written.serialize_entry(forge.word(), bitbucket)?,
            ForgeConfig::Github(github) => written.serialize_entry(forge.word(), github)?,
        }
        if let Some(jira) = jira {
            written.serialize_entry("jira", jira)?;
        }
        if let Some(slack) = slack {
            written.serialize_entry("slack", slack)?;
        }
        if let Some(teams) = teams {
            written.serialize_entry("teams", teams)?;
        }
        if let Some(discord) = discord {
            written.serialize_entry("discord", discord)?;
        }
        if let Some(help) = help {
            written.serialize_entry("help", help)?;
        }
        if let Some(integrations) = integrations {
            written.serialize_entry("integrations", integrations)?;
        }
        written.end()
    }
}
