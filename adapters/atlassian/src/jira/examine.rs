//! Whether the bot can work with the site: it is Jira Cloud, it lets the bot in, and it has what the configuration names.

use std::sync::PoisonError;

use countersign_domain::ports::{CallError, CallErrorKind, Examined};
use countersign_outbound::{Answer, Ask, found, not_the_vendor};
use jiff::SignedDuration;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Jira;

/// For so long it counts as known that it is a Jira that lets us in.
const KNOWN: SignedDuration = SignedDuration::from_mins(5);
/// What the bot does with tickets, and what that is called in Jira's permission schemes.
const PERMISSIONS: [(&str, &str); 4] = [
    ("BROWSE_PROJECTS", "see tickets (Browse projects)"),
    ("ADD_COMMENTS", "comment on tickets (Add comments)"),
    ("TRANSITION_ISSUES", "move tickets (Transition issues)"),
    (
        "VIEW_READONLY_WORKFLOW",
        "see a way of several steps before it takes the first (View (read-only) workflow)",
    ),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Myself {
    display_name: Option<String>,
    account_id: String,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Found {
    values: Vec<Project>,
}

#[derive(Deserialize)]
struct Project {
    key: String,
}

#[derive(Deserialize)]
struct Identified {
    id: String,
}

impl Jira {
    /// The answer; `None` where the tracker says there is no such thing. That it is the tracker who says so is asked first: Jira
    /// Data Center answers the same to addresses that it does not know.
    pub(super) async fn found(&self, ask: Ask<'_>) -> Result<Option<Answer>, CallError> {
        let answer = found(self.vendor.send(ask).await)?;
        let until = *self.there.lock().unwrap_or_else(PoisonError::into_inner);
        if answer.is_none() && until.is_none_or(|until| until <= self.vendor.now()) {
            self.myself().await?;
        }
        Ok(answer)
    }

    /// As whom Jira knows the bot.
    async fn myself(&self) -> Result<Myself, CallError> {
        let ask = Ask::get("ask who the bot is there", &["rest", "api", "3", "myself"]);
        let answer = self.vendor.send(ask).await.and_then(|answer| answer.json::<Myself>());
        let myself = answer.map_err(|error| not_the_vendor(error, "a Jira Cloud (its REST API 3)"))?;
        let until = self.vendor.now().saturating_add(KNOWN).ok();
        *self.there.lock().unwrap_or_else(PoisonError::into_inner) = until;
        Ok(myself)
    }

    pub(super) async fn examined(&self) -> Result<Examined, CallError> {
        let Myself { display_name, account_id } = self.myself().await?;
        let mut examined =
            Examined::good(format!("{}, as {}", self.site_url, display_name.unwrap_or(account_id)));
        self.permissions(&mut examined).await?;
        self.named_statuses(&mut examined).await?;
        self.named_fields(&mut examined).await?;
        self.named_projects(&mut examined).await?;
        Ok(examined)
    }

    async fn permissions(&self, examined: &mut Examined) -> Result<(), CallError> {
        let wanted = PERMISSIONS.map(|(key, _)| key).join(",");
        let ask = Ask::get("read the bot's permissions", &["rest", "api", "3", "mypermissions"]);
        let Some(has) = self.read::<Value>(ask.query("permissions", wanted), examined).await? else {
            return Ok(());
        };
        for (key, does) in PERMISSIONS {
            if has["permissions"][key]["havePermission"] != true {
                examined
                    .faults
                    .push(format!("its account may not {does} in any project: give it that permission"));
            }
        }
        Ok(())
    }

    /// The names of statuses may also be those of transitions, which only a ticket in the right status shows.
    async fn named_statuses(&self, examined: &mut Examined) -> Result<(), CallError> {
        let ask = Ask::get("list the statuses", &["rest", "api", "3", "status"]);
        let Some(there) = self.read::<Vec<Named>>(ask, examined).await? else { return Ok(()) };
        let there: Vec<String> = there.into_iter().map(|status| status.name).collect();
        let own = [
            ("started", &self.statuses.started),
            ("granted", &self.statuses.granted),
            ("declined", &self.statuses.declined),
        ];
        for (key, name) in own {
            let same = |known: &String| known.trim().to_lowercase() == name.trim().to_lowercase();
            if !there.iter().any(same) {
                examined.faults.push(format!(
                    "there is no status “{name}” (`statuses.{key}`; there are {}), so tickets move there only where a transition is called so",
                    there.join(", ")
                ));
            }
        }
        Ok(())
    }

    async fn named_fields(&self, examined: &mut Examined) -> Result<(), CallError> {
        if self.fields.is_empty() {
            return Ok(());
        }
        let ask = Ask::get("list the fields", &["rest", "api", "3", "field"]);
        let Some(there) = self.read::<Vec<Identified>>(ask, examined).await? else { return Ok(()) };
        for id in self.fields.iter().filter(|id| !there.iter().any(|field| field.id == **id)) {
            examined.faults.push(format!("there is no field {id}: check `fields` in the configuration"));
        }
        Ok(())
    }

    /// One that there is not opens nothing to anybody, and makes no ticket a request.
    async fn named_projects(&self, examined: &mut Examined) -> Result<(), CallError> {
        let named = self.projects.named();
        if named.is_empty() {
            return Ok(());
        }
        let ask = Ask::get("look for the projects", &["rest", "api", "3", "project", "search"]);
        let ask = named.keys().fold(ask.query("maxResults", "100"), |ask, key| ask.query("keys", *key));
        let Some(found) = self.read::<Found>(ask, examined).await? else { return Ok(()) };
        let is_there = |key: &str| found.values.iter().any(|project| project.key == key);
        for (key, table) in named.iter().filter(|(key, _)| !is_there(key)) {
            examined
                .faults
                .push(format!("there is no project {key} that its account can see: check `{table}`"));
        }
        Ok(())
    }

    /// The answer; that it is refused is a fault.
    async fn read<T: DeserializeOwned>(
        &self,
        ask: Ask<'_>,
        examined: &mut Examined,
    ) -> Result<Option<T>, CallError> {
        match self.vendor.send(ask).await.and_then(|answer| answer.json()) {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if error.kind == CallErrorKind::Rejected => {
                examined.faults.push(format!("it could not be asked to {}: {}", error.what, error.detail));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}
