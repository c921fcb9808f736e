//! What starting a bot with a configuration would end, because it names people no more or puts them into other groups: read
//! from the log in the data folder, while a bot runs or not.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use countersign_domain::access::{Access, AccessEvent, AccessRequest};
use countersign_domain::aggregate::{Aggregate, decode};
use countersign_domain::capabilities::AnyEvent;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{FORGES, same_account};
use countersign_domain::request::{Code, Facets as _, Review};
use countersign_domain::rules::RuleSet;
use countersign_domain::tenant::{People, Person, PublishedRules, Rulebook, Settings};
use countersign_domain::words::{few_administrators, flat};
use jiff::Timestamp;

use super::folder::{FolderLog, LOG, reader};
use crate::access::leaving;
use crate::config::{Config, TenantConfig};
use crate::directory::Present;
use crate::seed;
use crate::words;

/// What starting with a configuration would do to what is in the log.
#[derive(Debug, Default)]
pub(super) struct Start {
    /// What it would end, a line each, and what could not be looked at.
    pub(super) lines: Vec<String>,
    /// Of which tenants it would lock everybody out, and how: with that no bot starts.
    pub(super) locks_out: Vec<(Tenant, String)>,
}

impl Start {
    /// Nothing can be said of it but this.
    pub(super) fn unknown(why: String) -> Self {
        Self { lines: vec![why], ..Self::default() }
    }

    /// Of a bot with this configuration.
    pub(super) fn of(config: &Config, now: Timestamp) -> anyhow::Result<Self> {
        if config.store.url.is_some() {
            return Ok(Self::unknown(words::ends_unknown()));
        }
        if !config.data.join(LOG).is_dir() {
            let whole = std::path::absolute(&config.data).unwrap_or_else(|_| config.data.clone());
            return Ok(Self::unknown(words::no_log(&whole)));
        }
        let known = Known::read(&FolderLog::new(reader(&config.data)?))?;
        let mut start = Self::default();
        for (tenant, its) in &config.tenants {
            let Some((people, rulebook)) = known.tenants.get(tenant) else { continue };
            start.lines.extend(known.ending(tenant, (people, rulebook), its, now)?);
            let rules = in_force(rulebook)?;
            let why = its.locks_out(people, rules.as_ref(), now);
            start.locks_out.extend(why.map(|why| (tenant.clone(), why)));
        }
        let unnamed = known.tenants.keys().filter(|tenant| !config.tenants.contains_key(*tenant));
        start.lines.extend(unnamed.map(|tenant| words::not_named(tenant, known.in_force(tenant))));
        Ok(start)
    }
}

/// The rules in force, ready to be asked.
fn in_force(rulebook: &Rulebook) -> anyhow::Result<Option<RuleSet>> {
    let compile = |rules: &PublishedRules| RuleSet::compile(rules.version, &rules.text);
    Ok(rulebook.in_force.as_ref().map(compile).transpose()?)
}

/// What the log says of people and requests.
#[derive(Default)]
struct Known {
    tenants: BTreeMap<Tenant, (People, Rulebook)>,
    requests: BTreeMap<(Tenant, Code), AccessRequest>,
}

impl Known {
    fn read(log: &FolderLog) -> anyhow::Result<Self> {
        let mut known = Self::default();
        for envelope in log.events(None)? {
            let envelope = envelope?;
            let tenant = envelope.tenant.clone();
            match envelope.stream.category() {
                People::CATEGORY => {
                    let (people, _) = known.tenants.entry(tenant).or_default();
                    people.evolve(&decode(&envelope)?, envelope.at);
                }
                Settings::CATEGORY => {
                    known.tenants.entry(tenant).or_default();
                }
                Rulebook::CATEGORY => {
                    let (_, rulebook) = known.tenants.entry(tenant).or_default();
                    rulebook.evolve(&decode(&envelope)?, envelope.at);
                }
                AccessRequest::CATEGORY => {
                    let AnyEvent::Access(event) = decode(&envelope)? else { continue };
                    let code = envelope.stream.id().parse().context("a request's stream without its code")?;
                    known.requests.entry((tenant, code)).or_default().evolve(&event, envelope.at);
                }
                _ => {}
            }
        }
        Ok(known)
    }

    /// How many accesses of a tenant are there, or may be.
    fn in_force(&self, tenant: &Tenant) -> usize {
        self.requests.iter().filter(|((of, _), access)| of == tenant && access.held().is_some()).count()
    }

    /// What people hold by accounts at the forge that the configuration takes from them: it stays there, and is theirs no more.
    fn left_behind(&self, tenant: &Tenant, before: &People, after: &People) -> Vec<String> {
        let mut lines = Vec::new();
        for (id, person) in &after.people {
            let own = |people: &People| at_the_forge(people.people.get(id)?);
            let (old, new) = (own(before), own(after));
            let Some(old) = old.filter(|old| !new.as_ref().is_some_and(|new| same_account(old, new))) else {
                continue;
            };
            let holds = |access: &AccessRequest| {
                access.is_in_force() && access.account().is_some_and(|account| same_account(account, &old))
            };
            let own = self.requests.iter().filter(|((of, _), access)| of == tenant && holds(access));
            let what = |(_, code): &(Tenant, Code), access: &AccessRequest| {
                access.asked.as_ref().map(|asked| leaving::listed_request(code, asked))
            };
            let held: Vec<_> = own.filter_map(|(key, access)| what(key, access)).collect();
            if !held.is_empty() {
                lines.push(words::would_stay_behind(tenant, &person.name, &old, &held));
            }
        }
        lines
    }

    fn ending(
        &self,
        tenant: &Tenant,
        (before, rulebook): (&People, &Rulebook),
        config: &TenantConfig,
        now: Timestamp,
    ) -> anyhow::Result<Vec<String>> {
        let after = seed::people_after(config, before, now);
        let gone = after.left.iter().filter(|(id, _)| before.people.contains_key(id));
        let gone: Vec<_> = gone.map(|(id, person)| words::would_leave(tenant, id, &person.name)).collect();
        let moved = after
            .people
            .iter()
            .filter_map(|(id, person)| words::would_be_in(tenant, person, before.people.get(id)?));
        let moved: Vec<_> = moved.collect();
        let rules = in_force(rulebook)?;
        let [then, later] = [before.clone(), after].map(|state| Present::of(Arc::new(state), rules.clone()));
        let mut ends = Vec::new();
        let own =
            self.requests.iter().filter(|((of, _), access)| of == tenant && !access.status().is_final());
        for ((_, code), access) in own {
            let what =
                access.asked.as_ref().map_or_else(String::new, |asked| leaving::listed_request(code, asked));
            // What would end anyway does not end because of the configuration.
            let due = access.review(&looked_at(access, &then), now);
            let events = access.review(&looked_at(access, &later), now);
            let new = events.iter().filter(|event| !due.contains(event));
            ends.extend(new.filter_map(|event: &AccessEvent| leaving::would_become(&what, event)));
        }
        let other_rules = rulebook.in_force.as_ref().filter(|rules| rules.text != config.rules);
        let mut lines: Vec<_> =
            other_rules.map(|rules| words::other_rules(tenant, rules.version)).into_iter().collect();
        lines.extend(gone);
        lines.extend(self.left_behind(tenant, before, &later.state));
        lines.extend(fewer_administrators(tenant, before, &later.state));
        if !ends.is_empty() {
            lines.extend(moved);
            lines.push(words::would_end(tenant));
        }
        lines.extend(ends);
        Ok(lines)
    }
}

/// That only one administrator would be left of several: nobody would look at what they change of the rules.
fn fewer_administrators(tenant: &Tenant, before: &People, after: &People) -> Option<String> {
    let names: Vec<_> = after.administrators().map(|person| flat(&person.name)).collect();
    let is_new = names.len() == 1 && before.administrators().count() > 1;
    few_administrators(&names).filter(|_| is_new).map(|told| format!("{tenant}: with that, {told}"))
}

/// As the running bot looks at it, but for what other accesses add to how long one lasts.
fn looked_at(access: &AccessRequest, present: &Present) -> Review<Access> {
    let rule =
        || access.asked.as_ref().and_then(|asked| present.rule(asked, Some(access.minutes_granted_for())));
    Review {
        people: Arc::clone(&present.state),
        open: access.open.as_ref().and_then(|_| rule()),
        granted: if access.is_for_members() { rule() } else { None },
        past: vec![],
    }
}

/// The account that somebody has at the forge.
fn at_the_forge(person: &Person) -> Option<String> {
    FORGES.iter().find_map(|forge| person.accounts.get(*forge).cloned())
}

#[cfg(test)]
mod tests {
    use countersign_domain::access::{AccessEvent, Asked, Form, Permission, Subject};
    use countersign_domain::aggregate::{Event, encode};
    use countersign_domain::envelope::{ActorKind, Cause};
    use countersign_domain::ports::{Append, EventStore as _, Expected};
    use countersign_domain::request::Requester;
    use countersign_domain::rules::EXAMPLE;
    use countersign_domain::tenant::{PeopleEvent, Person, Role, RulebookEvent};
    use countersign_store::{Journal, Options};
    use uuid::Uuid;

    use super::*;
    use crate::config::{BitbucketConfig, ForgeConfig};
    use crate::context::system;
    use countersign_domain::access::GrantEvent;
    use countersign_domain::ports::USUAL_FORGE;

    fn now() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn person(id: &str) -> Person {
        let (groups, roles, accounts) = ([].into(), [].into(), [].into());
        Person {
            id: id.parse().unwrap(),
            kind: ActorKind::Person,
            name: words::capital(id),
            groups,
            roles,
            accounts,
        }
    }

    async fn happened<E: Event>(journal: &Journal, stream: &str, events: &[E]) {
        let id = Uuid::new_v4();
        let cause = Cause { actor: system("test"), command: id, correlation: id, causation: id, at: now() };
        let (stream, events) = (stream.parse().unwrap(), encode(events, &cause));
        journal.append(Append { stream, expected: Expected::NoStream, events, urgent: false }).await.unwrap();
    }

    fn asked(code: &str, by: &str) -> AccessEvent {
        let who = person(by);
        let text = |text: &str| Some(text.to_owned());
        let form = Form { permission: text("write"), repository: text("infra"), ..Form::default() };
        let requester = Requester { id: who.id.clone(), kind: who.kind, name: who.name.clone(), known: true };
        let subject = Subject { principal: Some(who.id), account: by.to_owned(), name: who.name };
        let asked = Asked::read(code.parse().unwrap(), requester, subject, &form, now());
        AccessEvent::Requested { asked: Box::new(asked) }
    }

    fn named(people: &[&str], disabled: &[&str]) -> TenantConfig {
        TenantConfig {
            time_zone: None,
            words: [].into(),
            name: "Acme".to_owned(),
            rules: EXAMPLE.to_owned(),
            people: people.iter().map(|id| person(id)).collect(),
            disabled: disabled.iter().map(|id| id.parse().unwrap()).collect(),
            tokens: vec![],
            forge: ForgeConfig::Bitbucket(BitbucketConfig {
                url: String::new(),
                workspace: String::new(),
                email: None,
                token_secret: String::new(),
            }),
            jira: None,
            slack: None,
            teams: None,
            discord: None,
            help: None,
            integrations: None,
        }
    }

    #[tokio::test]
    async fn trust_a4_the_check_says_beforehand_what_taking_somebody_out_of_the_file_ends() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { reserve_bytes: 0, ..Options::default() };
        let journal = Journal::open(folder.path().join(LOG), options).unwrap();
        let recorded = |id| PeopleEvent::PersonRecorded { person: person(id) };
        happened(&journal, "acme.people-acme", &[recorded("erin"), recorded("ada")]).await;
        let rules = RulebookEvent::RulesPublished { version: 1, text: EXAMPLE.to_owned(), change: None };
        happened(&journal, "acme.rules-acme", &[rules]).await;
        let granted = AccessEvent::Own(GrantEvent::Granted {
            permission: Permission::Write,
            holds: None,
            before: None,
            until: "2026-03-03T12:00:00Z".parse().unwrap(),
            by_hand: false,
        });
        happened(&journal, "acme.request-k7qm2x", &[asked("K7QM2X", "erin"), granted]).await;
        happened(&journal, "acme.request-k7qm2z", &[asked("K7QM2Z", "erin")]).await;
        happened(&journal, "acme.request-k7qm2w", &[asked("K7QM2W", "ada")]).await;
        let said = |tenant: TenantConfig| {
            let tenants = [("acme".parse().unwrap(), tenant)].into();
            let config = Config { data: folder.path().to_owned(), tenants, ..Config::default() };
            Start::of(&config, now()).unwrap().lines
        };
        assert_eq!(said(named(&["erin", "ada"], &[])), [""; 0]);
        let ends = [
            "acme: Erin (erin) would not belong there any more: signed out and unlinked.",
            "acme: with that, a start would end this:",
            "K7QM2X, write on infra for Erin: would be taken back.",
            "K7QM2Z, write on infra for Erin: would be closed.",
        ];
        assert_eq!(said(named(&["ada"], &[])), ends);
        assert_eq!(said(named(&["erin", "ada"], &["erin"])), ends);
        let other = TenantConfig { rules: format!("{EXAMPLE}\n"), ..named(&["erin", "ada"], &[]) };
        assert!(said(other)[0].contains("are not those in force (version 1)"));
        let nowhere = Config { data: folder.path().join("elsewhere"), ..Config::default() };
        let told = Start::of(&nowhere, now()).unwrap().lines;
        assert!(told[0].contains("There is no log in") && told[0].contains("elsewhere"), "{told:?}");
        let nobody = Config { data: folder.path().to_owned(), ..Config::default() };
        assert_eq!(
            Start::of(&nobody, now()).unwrap().lines,
            [
                "acme: the log knows it and this configuration does not. Accesses in force there: 1. None of them ends at its \
              time until the tenant is named again; end them first."
            ]
        );
    }

    #[tokio::test]
    async fn trust_a4_the_check_says_which_accesses_stay_on_an_account_that_is_somebodys_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { reserve_bytes: 0, ..Options::default() };
        let journal = Journal::open(folder.path().join(LOG), options).unwrap();
        let with = |account: &str| Person {
            accounts: [(USUAL_FORGE.to_owned(), account.to_owned())].into(),
            ..person("erin")
        };
        happened(&journal, "acme.people-acme", &[PeopleEvent::PersonRecorded { person: with("erin") }]).await;
        let rules = RulebookEvent::RulesPublished { version: 1, text: EXAMPLE.to_owned(), change: None };
        happened(&journal, "acme.rules-acme", &[rules]).await;
        let granted = AccessEvent::Own(GrantEvent::Granted {
            permission: Permission::Write,
            holds: None,
            before: None,
            until: "2026-03-03T12:00:00Z".parse().unwrap(),
            by_hand: false,
        });
        happened(&journal, "acme.request-k7qm2x", &[asked("K7QM2X", "erin"), granted]).await;
        let said = |account: &str| {
            let tenant = TenantConfig { people: vec![with(account)], ..named(&[], &[]) };
            let tenants = [("acme".parse().unwrap(), tenant)].into();
            let config = Config { data: folder.path().to_owned(), tenants, ..Config::default() };
            Start::of(&config, now()).unwrap().lines
        };
        assert_eq!(said("erin"), [""; 0]);
        let told = said("nobody");
        assert_eq!(
            told,
            [
                "acme: Erin would have another account at the forge. What is in force stays on the old one, erin, and ends there at \
              its time: K7QM2X, write on infra for Erin. End it first where that is not meant."
            ]
        );
    }

    #[tokio::test]
    async fn trust_e1_the_check_says_that_only_one_administrator_would_be_left() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { reserve_bytes: 0, ..Options::default() };
        let journal = Journal::open(folder.path().join(LOG), options).unwrap();
        let admin = |id: &str| Person { roles: [Role::Admin].into(), ..person(id) };
        let recorded = ["ada", "cleo"].map(|id| PeopleEvent::PersonRecorded { person: admin(id) });
        happened(&journal, "acme.people-acme", &recorded).await;
        let rules = RulebookEvent::RulesPublished { version: 1, text: EXAMPLE.to_owned(), change: None };
        happened(&journal, "acme.rules-acme", &[rules]).await;
        let said = |people: Vec<Person>| {
            let tenants = [("acme".parse().unwrap(), TenantConfig { people, ..named(&[], &[]) })].into();
            let config = Config { data: folder.path().to_owned(), tenants, ..Config::default() };
            Start::of(&config, now()).unwrap().lines
        };
        assert_eq!(said(vec![admin("ada"), admin("cleo")]), [""; 0]);
        let told = said(vec![person("ada"), admin("cleo")]);
        assert!(
            told.iter().any(|line| line.starts_with("acme: with that, Cleo is the only administrator")),
            "{told:?}"
        );
    }
}
