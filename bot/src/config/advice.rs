//! What a configuration says that can be loaded and probably is not meant: nobody who could countersign, nobody who could sign in, a
//! group that no rule speaks of.

use std::collections::BTreeSet;

use countersign_domain::ports::SurfaceKind;
use countersign_domain::rule_change::{Compared, words};
use countersign_domain::rules::{RuleSet, Warning};
use countersign_domain::tenant::{People, Person, Role};
use countersign_domain::words::{few_administrators, flat};
use jiff::Timestamp;

use super::alone;
use super::section::nearest;
use super::{ChatConfig, Config, TenantConfig};
use crate::seed;
use crate::words::{nobody_would_administer, nobody_would_change_the_rules};

impl Config {
    /// What to look at twice, a line each. It keeps no bot from starting.
    pub fn advice(&self) -> Vec<String> {
        let lines = self.tenants.iter().flat_map(|(tenant, its)| {
            its.advice().into_iter().map(move |line| format!("tenants.{tenant}: {line}"))
        });
        lines.chain(alone::in_common(self)).collect()
    }
}

impl TenantConfig {
    fn advice(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let Ok(rules) = RuleSet::compile(1, &self.rules) else { return lines };
        let followed = self.followed();
        let present = self.present();
        let mut warnings = Compared::of(None, &rules, &present).warnings;
        warnings.retain(|warning| counts(warning, &followed));
        lines.extend(words::warnings(&warnings, &present));
        lines.extend(self.unused_groups(&named(&rules)));
        if !self.people.iter().any(|person| person.roles.contains(&Role::Admin)) {
            lines.push("nobody is an admin, so nobody is told what goes wrong, and nobody can mend it: give somebody roles = [\"admin\"].".to_owned());
        }
        let administrators: Vec<_> = present.administrators().map(|person| flat(&person.name)).collect();
        lines.extend(few_administrators(&administrators).filter(|_| !administrators.is_empty()));
        if self.tokens.is_empty() {
            lines.push("there is no token, so nobody can use the console, the API or the terminal: name one under `tokens`.".to_owned());
        } else if !administrators.is_empty() && !present.administrators().any(|person| self.comes_in(person))
        {
            lines.push("no administrator has a token, or an account in a chat, so nobody who administers it can come in: name a token of theirs under `tokens`.".to_owned());
        }
        lines
    }

    /// Whether somebody can come in by what the configuration says: what they said in a chat before, it does not know.
    fn comes_in(&self, person: &Person) -> bool {
        fn by_email<T>(chat: Option<&ChatConfig<T>>) -> bool {
            chat.is_some_and(|chat| chat.by_email)
        }
        let known_by =
            by_email(self.slack.as_ref()) || by_email(self.teams.as_ref()) || by_email(self.discord.as_ref());
        let mut accounts = person.accounts.keys();
        self.tokens.iter().any(|token| token.principal == person.id)
            || accounts.any(|vendor| vendor.parse::<SurfaceKind>().is_ok() || known_by && vendor == "email")
    }

    /// Its people, as the log would have them.
    pub(crate) fn present(&self) -> People {
        seed::people_after(self, &People::default(), Timestamp::UNIX_EPOCH)
    }

    /// Why the bot does not start on it: what it makes of the people there are leaves nobody who administers the tenant, or nobody by
    /// whom the rules in force can be changed, though there is somebody now. Nobody could mend that but by this same file, and who
    /// did it may not know it.
    pub(crate) fn locks_out(
        &self,
        before: &People,
        rules: Option<&RuleSet>,
        now: Timestamp,
    ) -> Option<String> {
        let after = seed::people_after(self, before, now);
        if after == *before {
            return None;
        }
        let administrators: Vec<_> = before.administrators().map(|person| flat(&person.name)).collect();
        if after.administrators().next().is_none() && !administrators.is_empty() {
            return Some(nobody_would_administer(&administrators));
        }
        // One change of one rule, by whomever: whether there is any way to make it.
        let is_locked = |people: &People| {
            let found = Compared::of(rules, rules?, people);
            found.warnings.contains(&Warning::LocksEverybodyOut).then_some(())
        };
        (is_locked(&after).is_some() && is_locked(before).is_none()).then(nobody_would_change_the_rules)
    }

    /// The groups whose members a chat knows: who is in them is not in the configuration.
    fn followed(&self) -> BTreeSet<&str> {
        fn of<T>(chat: Option<&ChatConfig<T>>) -> impl Iterator<Item = &str> {
            chat.into_iter().flat_map(|chat| chat.groups.keys().map(String::as_str))
        }
        of(self.slack.as_ref()).chain(of(self.teams.as_ref())).chain(of(self.discord.as_ref())).collect()
    }

    /// The groups that nothing speaks of but the people who are in them, or the chat that they follow.
    fn unused_groups(&self, named: &BTreeSet<String>) -> Vec<String> {
        let of_projects = self.jira.iter().flat_map(|jira| jira.projects.open_to.keys());
        let known: Vec<&str> = named.iter().chain(of_projects).map(String::as_str).collect();
        let own = self.people.iter().flat_map(|person| &person.groups).map(String::as_str);
        let all: BTreeSet<&str> = own.chain(self.followed()).collect();
        let unused = all.into_iter().filter(|group| !known.contains(group));
        let told = |group| match nearest(group, &known) {
            Some(meant) => format!("the group “{group}” is in no rule: is “{meant}” meant?"),
            None => format!("the group “{group}” is in no rule, so being in it changes nothing."),
        };
        unused.map(told).collect()
    }
}

/// Every group that rules speak of: those that would be empty if nobody were there.
fn named(rules: &RuleSet) -> BTreeSet<String> {
    let all = Compared::of(None, rules, &People::default()).warnings.into_iter();
    all.filter_map(|warning| match warning {
        Warning::EmptyGroup { group, .. } => Some(group),
        _ => None,
    })
    .collect()
}

/// Whether a warning about rules is one about this configuration: of whom a chat brings, it knows nothing; and that few could change
/// the rules is for those who change them.
fn counts(warning: &Warning, followed: &BTreeSet<&str>) -> bool {
    match warning {
        Warning::EmptyGroup { group, .. } => !followed.contains(group.as_str()),
        Warning::QuorumOutOfReach { .. } | Warning::LocksEverybodyOut | Warning::AllowsNothing => {
            followed.is_empty()
        }
        Warning::UnknownPerson { .. } | Warning::NeverAllows { .. } | Warning::NeverAlone { .. } => true,
        Warning::HangsOn { .. } | Warning::ChangesAlone { .. } | Warning::ShutsOut { .. } => false,
    }
}
