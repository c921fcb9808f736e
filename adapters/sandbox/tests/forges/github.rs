//! GitHub, as the cases know it.

use std::sync::Arc;

use countersign_domain::ports::{Forge, Permission, Secrets};
use countersign_github::{Github, GithubAuth, GithubConfig};
use countersign_outbound::Outbound;
use countersign_sandbox::github::{GithubRepository, GithubUser};
use countersign_sandbox::{Faults, GithubOptions, GithubSandbox, GithubState};

use crate::stand::{Miniature, REPOSITORIES, SECRET, Stand, Who, tenant};

pub(crate) const ERIN: u64 = 583_231;
pub(crate) const ADAM: u64 = 583_232;

pub(crate) fn seed() -> GithubState {
    let user =
        |id, login: &str, name: &str| GithubUser { id, login: login.to_owned(), name: Some(name.to_owned()) };
    let repository = |(name, id): (&str, u64)| {
        (name.to_owned(), Arc::new(GithubRepository { id, ..GithubRepository::default() }))
    };
    GithubState {
        users: vec![user(ERIN, "erin", "Erin Moore"), user(ADAM, "adam", "Adam Ng")],
        members: [ERIN, ADAM].into(),
        repositories: REPOSITORIES.into_iter().zip(101..).map(repository).collect(),
        ..GithubState::default()
    }
}

pub(crate) async fn stand() -> Stand {
    Stand::before(GithubSandbox::start(GithubOptions::new(SECRET.to_owned(), seed())).await.unwrap())
}

const fn number(who: Who) -> u64 {
    match who {
        Who::Erin => ERIN,
        Who::Adam => ADAM,
    }
}

impl Miniature for GithubSandbox {
    fn forge(&self, secrets: Arc<dyn Secrets>, outbound: &Outbound) -> Arc<dyn Forge> {
        let auth = GithubAuth::Token { secret: "forge-token".to_owned() };
        let config = GithubConfig { base_url: self.base_url(), organization: "acme".to_owned(), auth };
        Arc::new(Github::new(&config, &tenant(), outbound, secrets).unwrap())
    }

    fn account(&self, who: Who) -> String {
        number(who).to_string()
    }

    fn erin(&self) -> Vec<String> {
        ["583231", "erin", "@Erin", " erin "].map(str::to_owned).into()
    }

    fn payments(&self) -> Vec<String> {
        vec![
            "PAYMENTS-API".to_owned(),
            "Acme/payments-api".to_owned(),
            "{R_kgDO00000101}".to_owned(),
            format!("http://{}/acme/payments-api/blob/main/README.md?plain=1", self.address()),
            "acme/payments-api.git".to_owned(),
        ]
    }

    fn elsewhere(&self) -> Vec<String> {
        ["other/payments-api", "https://bitbucket.org/acme/payments-api"].map(str::to_owned).into()
    }

    fn held(&self, who: Who, repository: &str) -> Option<Permission> {
        Permission::held(self.state().repositories[repository].direct.get(&number(who))?)
    }

    fn hold(&self, who: Who, repository: &str, permission: Option<Permission>) {
        self.change(|state| {
            let held = &mut state.repository_mut(repository).unwrap().direct;
            match permission {
                None => drop(held.remove(&number(who))),
                Some(permission) => drop(held.insert(number(who), permission.as_str().to_owned())),
            }
        })
        .unwrap();
    }

    fn rename(&self) {
        self.change(|state| {
            state.rename("payments-api", "payments");
            let other = GithubRepository { id: 7, ..GithubRepository::default() };
            state.repositories.insert("payments-api".to_owned(), other.into());
        })
        .unwrap();
    }

    fn order(&self, faults: Faults) {
        Self::order(self, faults);
    }

    fn calls(&self) -> Vec<String> {
        Self::calls(self).into_iter().map(|call| call.request).collect()
    }

    fn base_url(&self) -> String {
        Self::base_url(self)
    }
}
