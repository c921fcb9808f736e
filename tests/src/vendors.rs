//! The vendors around the stage: what they hold, what is added to them, and what trouble they make.

use std::sync::Arc;

use countersign::demo::Demo;
use countersign_domain::ports::Clock as _;
use countersign_sandbox::bitbucket::{BitbucketUser, Level, Repository};
use countersign_sandbox::jira::{Issue, Status};
use countersign_sandbox::{BitbucketState, Fault, Faults, JiraState};
use jiff::Timestamp;

use crate::stage::Stage;

/// The forge's account of a person of the demo.
pub fn account(id: &str) -> String {
    format!("712020:{id}")
}

/// The direct permission of this name.
pub fn level(name: &str) -> Level {
    serde_json::from_value(name.into()).expect("read, write or admin")
}

/// Trouble with every request that begins with `matching`.
pub fn trouble(faults: impl IntoIterator<Item = Fault>) -> Faults {
    Faults { latency_ms: 0, next: faults.into_iter().collect() }
}

/// What can be changed at the vendors, past the bot.
pub trait Vendor: Sized {
    /// The demo around the bot.
    fn demo(&self) -> &Demo;

    /// Adds an empty repository to the forge.
    fn add_repository(&self, name: &str) {
        self.change_forge(|state| {
            drop(state.repositories.insert(name.to_owned(), Arc::<Repository>::default()));
        });
    }

    /// The path under which the forge is asked about a repository by its identity, as what is set there goes.
    fn forge_path(&self, name: &str) -> String {
        format!("/2.0/repositories/acme/%7B{}%7D", self.demo().bitbucket.state().repository_uuid(name))
    }

    /// Adds a user to the forge whom the tenant does not know.
    fn add_user(&self, user: BitbucketUser) {
        self.change_forge(|state| state.users.push(user));
    }

    /// Gives an account a permission by hand; `None` takes it away.
    fn set_by_hand(&self, account: &str, repository: &str, permission: Option<&str>) {
        self.change_forge(|state| {
            let held = &mut state.repository_mut(repository).expect("a repository").permissions;
            match permission {
                Some(name) => drop(held.insert(account.to_owned(), level(name))),
                None => drop(held.remove(account)),
            }
        });
    }

    /// Adds a ticket in this status, reported by this person.
    fn add_ticket(&self, key: &str, status: Status, reporter: &str) {
        let issue = Issue {
            summary: format!("The ticket {key}"),
            status,
            reporter: Some(account(reporter)),
            ..Issue::default()
        };
        self.change_tracker(|state| drop(state.issues.insert(key.to_owned(), Arc::new(issue))));
    }

    /// Changes the tracker's state.
    fn change_tracker(&self, change: impl FnOnce(&mut JiraState)) {
        self.demo().jira.change(change).expect("the sandbox keeps its state");
    }

    /// Changes the forge's state.
    fn change_forge(&self, change: impl FnOnce(&mut BitbucketState)) {
        self.demo().bitbucket.change(change).expect("the sandbox keeps its state");
    }
}

impl Vendor for Demo {
    fn demo(&self) -> &Demo {
        self
    }
}

impl Vendor for Stage {
    fn demo(&self) -> &Demo {
        &self.demo
    }
}

impl Stage {
    /// The time on the stage.
    pub fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }
}
