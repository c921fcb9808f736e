//! Bitbucket, as the cases know it.

use std::sync::Arc;

use countersign_atlassian::{Bitbucket, BitbucketConfig};
use countersign_domain::ports::{Forge, Permission, Secrets};
use countersign_outbound::{Credential, Outbound};
use countersign_sandbox::bitbucket::{BitbucketUser, Level, Repository};
use countersign_sandbox::{Access, BitbucketOptions, BitbucketSandbox, BitbucketState, Faults};
use uuid::Uuid;

use crate::stand::{Miniature, REPOSITORIES, SECRET, Stand, Who, tenant};

const ERIN: &str = "557058:ba8948b2-49da-43a9-9e8b-e7249b8e324a";
const ADAM: &str = "5b10a2844c20165700ede21f";
const USER: &str = "bot@example.com";

pub(crate) async fn stand() -> Stand {
    let user = |account_id: &str, uuid: &str, nickname: &str, display_name: &str| BitbucketUser {
        account_id: account_id.to_owned(),
        uuid: uuid.to_owned(),
        nickname: nickname.to_owned(),
        display_name: display_name.to_owned(),
    };
    let seed = BitbucketState {
        users: vec![
            user(ERIN, "{d301aafa-d676-4ee0-88be-962be7417567}", "erin", "Erin Moore"),
            user(ADAM, "{11111111-d676-4ee0-88be-962be7417567}", "adam", "Adam Ng"),
        ],
        repositories: REPOSITORIES.map(|name| (name.to_owned(), Arc::<Repository>::default())).into(),
        ..BitbucketState::default()
    };
    let access = Access::Basic { user: USER.to_owned(), token: SECRET.to_owned() };
    Stand::before(BitbucketSandbox::start(BitbucketOptions::new(access, seed)).await.unwrap())
}

fn account(who: Who) -> &'static str {
    match who {
        Who::Erin => ERIN,
        Who::Adam => ADAM,
    }
}

impl Miniature for BitbucketSandbox {
    fn forge(&self, secrets: Arc<dyn Secrets>, outbound: &Outbound) -> Arc<dyn Forge> {
        let credential = Credential::Basic { user: USER.to_owned(), secret: "forge-token".to_owned() };
        let config = BitbucketConfig { base_url: self.base_url(), workspace: "acme".to_owned(), credential };
        Arc::new(Bitbucket::new(&config, &tenant(), outbound, secrets).unwrap())
    }

    fn account(&self, who: Who) -> String {
        account(who).to_owned()
    }

    fn erin(&self) -> Vec<String> {
        let texts = [ERIN, "{d301aafa-d676-4ee0-88be-962be7417567}", "erin", "@Erin", " erin ", "erin moore"];
        texts.map(str::to_owned).into()
    }

    fn payments(&self) -> Vec<String> {
        let id = self.state().repository_uuid("payments-api");
        vec![
            "PAYMENTS-API".to_owned(),
            "Acme/payments-api".to_owned(),
            format!("{{{id}}}"),
            "https://bitbucket.org/acme/payments-api/src/main/README.md?at=main".to_owned(),
            "git@bitbucket.org:acme/payments-api.git".to_owned(),
        ]
    }

    fn elsewhere(&self) -> Vec<String> {
        ["other/payments-api", "https://github.com/acme/payments-api"].map(str::to_owned).into()
    }

    fn held(&self, who: Who, repository: &str) -> Option<Permission> {
        self.state().repositories[repository].permissions.get(account(who)).map(|level| match level {
            Level::Read => Permission::Read,
            Level::Write => Permission::Write,
            Level::Admin => Permission::Admin,
        })
    }

    fn hold(&self, who: Who, repository: &str, permission: Option<Permission>) {
        self.change(|state| {
            let held = &mut state.repository_mut(repository).unwrap().permissions;
            match permission {
                None => drop(held.remove(account(who))),
                Some(permission) => {
                    let level = serde_json::from_value(permission.as_str().into()).unwrap();
                    let _ = held.insert(account(who).to_owned(), level);
                }
            }
        })
        .unwrap();
    }

    fn rename(&self) {
        self.change(|state| {
            let uuid = Some(state.repository_uuid("payments-api"));
            let own = state.repositories.remove("payments-api").unwrap();
            let renamed = Repository { uuid, ..Repository::clone(&own) };
            state.repositories.insert("payments".to_owned(), renamed.into());
            let other = Repository { uuid: Some(Uuid::from_u128(7)), ..Repository::default() };
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
