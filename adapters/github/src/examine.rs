//! Whether the bot can work with the organization: it is there, and the token may do what the bot does.

use countersign_domain::ports::{CallError, CallErrorKind, Examined};
use countersign_outbound::Ask;

use crate::Github;

const MEMBERS: &str = "it may not see who is in the organization, so it cannot tell who owns it: give it the permission Members (read), or a classic token the scope `read:org`";
const ADMINISTER: &str = "it may not see and change who may do what: give it the permission Administration (read and write) on the repositories, or a classic token the scope `repo`, and its account the role admin there";

impl Github {
    pub(crate) async fn examined(&self) -> Result<Examined, CallError> {
        self.organization_is_there().await.map_err(forbidden)?;
        let me = self.me().await.map_err(forbidden)?;
        let mut examined = Examined::good(format!("the organization {}, as {me}", self.organization));
        let ask = Ask::get("list members", &["orgs", &self.organization, "members"]).query("per_page", 1);
        let answer = self.send(ask).await;
        let scopes = answer.as_ref().ok().and_then(countersign_outbound::Answer::scopes);
        must(answer, MEMBERS, &mut examined)?;
        // Only classic tokens say what they may do.
        let scopes = scopes.unwrap_or_default();
        if !scopes.is_empty() && !scopes.iter().any(|scope| scope == "repo") {
            examined
                .faults
                .push("the token lacks the scope `repo`, by which permissions are changed".to_owned());
        }
        let first = self.all(1).await?.repositories.into_iter().find_map(|repository| repository.id);
        match first {
            Some(key) => must(self.there("list permissions", &key, None).await, ADMINISTER, &mut examined)?,
            None => examined.faults.push(
                "it sees no repository: install the app on the repositories that people ask for, or give the token access to them"
                    .to_owned(),
            ),
        }
        Ok(examined)
    }
}

/// What is refused is a fault, with its cure.
fn must<T>(answer: Result<T, CallError>, needs: &str, examined: &mut Examined) -> Result<(), CallError> {
    match answer {
        Err(error) if error.kind.is_refusal() => {
            examined.faults.push(format!("{needs} ({})", error.detail));
            Ok(())
        }
        answer => answer.map(drop),
    }
}

/// Who may not even see the organization can do nothing there.
fn forbidden(error: CallError) -> CallError {
    if error.status == Some(403) { CallError { kind: CallErrorKind::Barred, ..error } } else { error }
}
