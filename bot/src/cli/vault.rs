//! `countersign vault`: the secrets in the vault, the keys that seal them, and who is erased. A value is read from the standard input,
//! and shown by no command.

mod remains;

use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::Secrets;
use countersign_vault::{Erasure, OutOfReach, Owner, VaultError};
use jiff::Timestamp;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use serde_json::json;

use self::remains::Remains;
use super::block_on;
use super::output::{Column, Form, Listing, cell, moment, write_json, write_text};
use super::refused::Refused;
use crate::boot;
use crate::config::{Config, Flags, Sources};
use crate::vault::Whereabouts;

/// No secret is longer; one byte more is read to see that. In bytes.
const LARGEST: u64 = 64 * 1024;

/// What to do with the vault.
#[derive(Debug, Subcommand)]
pub(super) enum Vault {
    /// Make the vault, and its master key where the configuration names none
    Init(Of),
    /// Put a secret in, read from the standard input: `vault:NAME` names it in the configuration
    Put(Named),
    /// List the secrets; their values are shown nowhere
    List(List),
    /// Take a secret out for good
    Remove(Named),
    /// Let a new master key wrap all keys, while the bot runs; after a crash, say it again
    Rotate(Of),
    /// Erase a person: destroy their key, and with it all that it sealed, for good
    Erase(Erase),
    /// Copy the vault to a folder of its own, without the master key
    Backup(With),
    /// Make the vault of a backup
    Restore(With),
    /// Open all there is, and say what does not open (exit code 3)
    Check(Check),
}

/// Which vault.
#[derive(Debug, Args)]
pub(super) struct Of {
    /// The configuration [default: `COUNTERSIGN_CONFIG`, else countersign.toml where it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder, beside which the vault is where the configuration names no other place
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

/// Which secret.
#[derive(Debug, Args)]
pub(super) struct Named {
    /// What it is called
    name: String,
    #[command(flatten)]
    whose: Whose,
}

/// Whose.
#[derive(Debug, Args)]
pub(super) struct Whose {
    /// Which tenant's [default: the only one; `_installation` is what belongs to none]
    #[arg(long)]
    tenant: Option<Tenant>,
    /// Theirs alone: the person, as the configuration calls them
    #[arg(long)]
    person: Option<PrincipalId>,
    #[command(flatten)]
    of: Of,
}

/// In which form.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    of: Of,
    #[command(flatten)]
    form: Form,
}

/// Who.
#[derive(Debug, Args)]
pub(super) struct Erase {
    /// The person, as the configuration calls them
    person: PrincipalId,
    /// Of which tenant [default: the only one]
    #[arg(long)]
    tenant: Option<Tenant>,
    /// That it is meant: it cannot be undone
    #[arg(long)]
    yes: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    of: Of,
}

/// With which backup.
#[derive(Debug, Args)]
pub(super) struct With {
    /// The folder of the backup
    folder: PathBuf,
    #[command(flatten)]
    of: Of,
}

/// What to look at.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    of: Of,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A configuration, and what it says of the vault.
struct Opened {
    config: Config,
    place: Whereabouts,
    secrets: Arc<dyn Secrets>,
}

impl Opened {
    fn vault(&self) -> anyhow::Result<countersign_vault::Vault> {
        block_on(async { Ok(self.place.open(&*self.secrets).await?) })
    }

    /// The tenant that was named, or the only one.
    fn tenant(&self, named: Option<Tenant>) -> anyhow::Result<Tenant> {
        let mut tenants = self.config.tenants.keys();
        match (named, tenants.next(), tenants.next()) {
            (Some(tenant), ..)
                if self.config.tenants.contains_key(&tenant) || tenant == Tenant::installation() =>
            {
                Ok(tenant)
            }
            (Some(tenant), ..) => bail!("the configuration names no tenant {tenant}"),
            (None, Some(only), None) => Ok(only.clone()),
            (None, None, _) => {
                bail!("the configuration names no tenant: begin with deploy/countersign.example.toml")
            }
            (None, ..) => bail!("the configuration names several tenants: say which one with --tenant"),
        }
    }
}

impl Of {
    fn load(&self) -> anyhow::Result<Opened> {
        let flags = Flags { data: self.data.clone(), listen: None };
        let config = Config::load(&Sources::of_process(self.config.clone(), flags))?;
        let (place, secrets) = (Whereabouts::of(&config), boot::secrets_outside_the_vault(&config));
        Ok(Opened { config, place, secrets })
    }
}

impl Vault {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Init(of) => init(&of),
            Self::Put(named) => put(named),
            Self::List(List { of, form }) => list(&of, form),
            Self::Remove(named) => remove(named),
            Self::Rotate(of) => rotate(&of),
            Self::Erase(erase) => erase.run(),
            Self::Backup(With { folder, of }) => {
                of.load()?.vault()?.backup(&folder)?;
                write_text(&format!(
                    "The vault is copied to {}. Keep the master key elsewhere. Whoever is erased later is erased there too, as long as \
                     it stays at its place.",
                    folder.display()
                ))
            }
            Self::Restore(With { folder, of }) => {
                let opened = of.load()?;
                block_on(async { Ok(opened.place.restore(&folder, &*opened.secrets).await?) })?;
                write_text(&format!(
                    "The vault in {} is as the backup was. Erase again whoever was erased since then: `countersign audit log --type \
                     subject_erased` names them.",
                    opened.place.folder.display()
                ))
            }
            Self::Check(check) => check.run(),
        }
    }
}

fn init(of: &Of) -> anyhow::Result<()> {
    let opened = of.load()?;
    block_on(async { Ok(opened.place.init(&*opened.secrets).await?) })?;
    write_text(&format!(
        "The vault is in {}. Put secrets in with `countersign vault put NAME`, and name them `vault:NAME` in the configuration. \
         Copy it with `countersign vault backup`, and its master key to another place than that: without it nobody opens the vault.",
        opened.place.folder.display()
    ))
}

fn put(Named { name, whose }: Named) -> anyhow::Result<()> {
    let opened = whose.of.load()?;
    let (tenant, vault) = (opened.tenant(whose.tenant)?, opened.vault()?);
    let owner = Owner { tenant: &tenant, person: whose.person.as_ref() };
    vault.put(owner, &name, &value()?, Timestamp::now())?;
    let used = match whose.person {
        Some(person) => format!("The vault keeps `{name}` for {person} alone."),
        None => format!("The vault keeps it. In the configuration of {tenant} it is `vault:{name}`."),
    };
    write_text(&used)
}

/// What stands at the standard input.
fn value() -> anyhow::Result<SecretString> {
    if io::stdin().is_terminal() {
        writeln!(io::stderr(), "Type the secret, a new line, and Ctrl-D; a file is read with `< FILE`.")?;
    }
    // Large enough from the start: a text that grows leaves what it held behind.
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(LARGEST)? + 2));
    let read = io::stdin().take(LARGEST + 1).read_to_string(&mut text);
    let count = read.context("the secret at the standard input is no text")?;
    // What is cut off is another one.
    if u64::try_from(count)? > LARGEST {
        return Err(VaultError::BadValue.into());
    }
    Ok(SecretString::from(text.trim()))
}

fn remove(Named { name, whose }: Named) -> anyhow::Result<()> {
    let opened = whose.of.load()?;
    let tenant = opened.tenant(whose.tenant)?;
    let owner = Owner { tenant: &tenant, person: whose.person.as_ref() };
    opened.vault()?.remove(owner, &name)?;
    write_text(&format!("The vault of {tenant} has no `{name}` any more."))
}

const SECRETS: &[Column] = &[
    Column { title: "tenant", cell: |item| cell(&item["tenant"]) },
    Column { title: "person", cell: |item| cell(&item["person"]) },
    Column { title: "name", cell: |item| cell(&item["name"]) },
    Column { title: "since", cell: |item| moment(&item["at"]) },
];

fn list(of: &Of, form: Form) -> anyhow::Result<()> {
    let listed = of.load()?.vault()?.list()?;
    let items = listed.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    Listing { items, ..Listing::default() }.write(form, SECRETS, json!({}), "There is nothing in the vault.")
}

fn rotate(of: &Of) -> anyhow::Result<()> {
    let opened = of.load()?;
    let mut told = |progress: &countersign_vault::Progress| {
        // Where nobody looks, it goes on.
        let _ = writeln!(io::stderr(), "{} of {}: {}", progress.done, progress.of, progress.tenant);
    };
    let done = opened.vault()?.rotate(&mut told)?;
    let next = if opened.place.makes_its_master() {
        "The key before is gone. Copy the new one to where you keep it."
    } else if done.rewrapped == 0 {
        "Nothing was wrapped by another. To change it, name the new key as vault.master_secret and the present one as \
         vault.previous_secret, and say this again."
    } else {
        "vault.previous_secret can go from the configuration."
    };
    write_text(&format!("Keys wrapped anew by the master key {}: {}. {next}", done.by, done.rewrapped))?;
    beyond(&done.out_of_reach, "keys of the master key before: make it anew")
}

/// The backups that could not be changed, where there are such.
fn beyond(backups: &[OutOfReach], has: &str) -> anyhow::Result<()> {
    if backups.is_empty() {
        return Ok(());
    }
    let lines = backups.iter().map(|OutOfReach { backup, why }| {
        format!("The backup {} has {has}. It could not be changed: {why}.", backup.display())
    });
    Err(Refused(lines.collect::<Vec<_>>().join("\n")).into())
}

impl Erase {
    fn run(self) -> anyhow::Result<()> {
        let opened = self.of.load()?;
        let (tenant, vault, person) = (opened.tenant(self.tenant)?, opened.vault()?, &self.person);
        if !self.yes {
            bail!(
                "this destroys the key of {person} in {tenant} and all that it sealed, and cannot be undone: say --yes where it is meant"
            );
        }
        let erasure = vault.erase(&tenant, person, Timestamp::now())?;
        let remains = Remains::of(&opened.config.data, &tenant, person);
        if self.json {
            write_json(
                &json!({ "tenant": tenant, "person": person, "erased": erasure, "remains": remains }),
            )?;
        } else {
            write_text(&said(&tenant, person, &erasure, &remains))?;
        }
        beyond(&erasure.out_of_reach, "their key still: put it in place and say this again, or destroy it")
    }
}

fn said(tenant: &Tenant, person: &PrincipalId, erasure: &Erasure, remains: &Remains) -> String {
    let Erasure { keys, secrets, .. } = erasure;
    format!(
        "{person} of {tenant} is erased. Destroyed: the key {}, and secrets of theirs: {secrets}. What it sealed reads as erased, and the \
         hashes of the events that hold it stay valid. The log is told as soon as a bot runs (`subject_erased`).\n{remains}",
        keys.join(" ")
    )
}

impl Check {
    fn run(self) -> anyhow::Result<()> {
        let opened = self.of.load()?;
        let vault = opened.vault()?;
        let faults = vault.check()?;
        // What is damaged cannot be counted.
        let secrets = if faults.is_empty() { Some(vault.list()?.len()) } else { None };
        if self.json {
            write_json(&json!({ "ok": faults.is_empty(), "secrets": secrets, "faults": faults }))?;
        } else if let Some(secrets) = secrets {
            write_text(&format!("The vault is whole: all of it opens, {secrets} secrets."))?;
        }
        if faults.is_empty() {
            return Ok(());
        }
        let said = if self.json { String::new() } else { faults.join("\n") };
        Err(Refused(said).into())
    }
}
