//! Asking every vendor of a configuration whether the bot can work with it.

use std::fmt;
use std::sync::Arc;

use countersign_domain::named::Named;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, Clock, Examined, Forge, Refusal};
use countersign_domain::tenant::Person;
use countersign_domain::words::vendor;
use countersign_outbound::Outbound;
use serde::Serialize;

use crate::boot;
use crate::config::Config;
use crate::system::SystemClock;

/// What a vendor said.
#[derive(Debug, Serialize)]
pub(super) struct Said {
    tenant: Tenant,
    vendor: String,
    /// As whom it knows the bot, and where; nothing where it does not let it in.
    answered: Option<String>,
    faults: Vec<String>,
}

impl Said {
    fn new(tenant: &Tenant, vendor: String, said: Result<Examined, CallError>) -> Self {
        let (answered, faults) = match said {
            Ok(examined) => (Some(examined.answered), examined.faults),
            Err(error) => (None, vec![error.detail]),
        };
        Self { tenant: tenant.clone(), vendor, answered, faults }
    }

    pub(super) fn is_good(&self) -> bool {
        self.answered.is_some() && self.faults.is_empty()
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tenant, vendor: name, answered, faults } = self;
        write!(f, "tenants.{tenant}: {}: ", vendor(name))?;
        match answered {
            Some(answered) => write!(f, "it is {answered}")?,
            None => write!(f, "it does not let the bot in")?,
        }
        faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

/// Accounts at the forge that are given to two people, under two of its ids: only the forge knows that these are one.
async fn of_two(forge: &dyn Forge, people: &[Person]) -> Vec<String> {
    let account = |person: &Person| person.accounts.get(forge.vendor()).cloned();
    let given: Vec<_> = people.iter().filter_map(|person| Some((person, account(person)?))).collect();
    let mut faults = Vec::new();
    for (person, account) in given.iter().filter(|(_, account)| account.starts_with('{')) {
        // Whom it does not know, or cannot be asked about, is told below.
        let Ok(Some(user)) = forge.user(account).await.map(Named::one) else { continue };
        let others = given.iter().filter(|(other, theirs)| other.id != person.id && user.is(theirs));
        faults.extend(others.map(|(other, theirs)| {
            format!("{} and {} are given one account: {account} is {theirs}", person.id, other.id)
        }));
    }
    faults
}

/// Accounts of people whom the forge does not know, or to whom nothing can be given there.
async fn not_there(forge: &dyn Forge, people: &[Person]) -> Vec<String> {
    let mut faults = Vec::new();
    for person in people {
        let Some(account) = person.accounts.get(forge.vendor()) else { continue };
        let (id, name) = (&person.id, vendor(forge.vendor()));
        match forge.user(account).await.map(Named::one) {
            Ok(None) => {
                faults.push(format!("{id} is given the account {account}, which {name} does not know"));
            }
            Ok(Some(user)) if !user.is(account) => faults.push(format!(
                "{id} is given the account {account}, which is a name there that can be changed and taken by others: write {}",
                user.account
            )),
            Ok(Some(user)) => match forge.obstacle(&user.account).await {
                Ok(Some(Refusal::NotAMember)) => faults.push(format!(
                    "{id} ({account}) is no member of the workspace: nothing can be given to them there"
                )),
                Ok(_) => {}
                Err(error) => faults.push(format!(
                    "whether anything can be given to {id} ({account}) cannot be asked: {}",
                    error.detail
                )),
            },
            Err(error) => {
                let why = error.detail;
                faults.push(format!("whether {name} knows the account {account} of {id}, and those after it, cannot be asked: {why}"));
                return faults;
            }
        }
    }
    faults
}

/// Asks all of them. Nothing is changed anywhere.
pub(super) async fn vendors(config: &Config) -> anyhow::Result<Vec<Said>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (outbound, secrets) =
        (Arc::new(Outbound::new(config.http_client.clone(), clock)?), boot::secrets(config));
    let mut all = Vec::new();
    for (tenant, its) in boot::vendors(config, &outbound, &secrets)? {
        for name in its.names() {
            let Some(said) = its.examine(&name).await else { continue };
            let is_forge = name == its.forge.vendor();
            let mut said = Said::new(&tenant, name, said);
            if let Some(own) = config.tenants.get(&tenant).filter(|_| is_forge && said.answered.is_some()) {
                said.faults.extend(of_two(&*its.forge, &own.people).await);
                said.faults.extend(not_there(&*its.forge, &own.people).await);
            }
            all.push(said);
        }
    }
    Ok(all)
}
