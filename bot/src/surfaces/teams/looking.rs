//! What Teams asks while somebody looks for something: a form, names, requests.

use std::sync::Arc;

use countersign_domain::card::{Card, Refresh};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Act, Interaction};
use countersign_domain::tenant::Person;
use countersign_teams::interaction::Asker;
use countersign_teams::{answer, form};
use serde_json::Value;

use super::TeamsSide;
use crate::cards;
use crate::desk::{Desk, Received};
use crate::engine::Failure;
use crate::forms;
use crate::words;

impl TeamsSide {
    /// The form, for those who may ask; the others are told in its place how they can.
    pub(super) async fn form(
        &self,
        desk: &Arc<Desk>,
        tenant: &Tenant,
        asker: Asker,
        about: Option<String>,
    ) -> Result<Value, Failure> {
        let Asker { delivery, identity, stranger, place, direct, .. } = asker;
        let act = Act::Said(String::new());
        let wish = Interaction { delivery, identity, stranger, place, direct, message: None, act };
        Ok(match desk.recognise(tenant, &wish).await? {
            Ok(_) => {
                let spec = forms::first();
                answer::window(spec.title, &form::content(spec, &spec.begun(about), &[], true))
            }
            Err(Received::Refused(Some(card)) | Received::Answered(card)) => self.window(desk, tenant, *card),
            Err(_) => self.window(desk, tenant, cards::who_are_you(desk.console())),
        })
    }

    /// What fits what was typed so far: of the forge's repositories, or of the requests that the viewer sees at home.
    pub(super) async fn search(
        &self,
        desk: &Desk,
        tenant: &Tenant,
        asker: &Asker,
        (list, text, most): (&str, &str, usize),
    ) -> Result<Value, Failure> {
        let person = match asker.stranger {
            None => desk.viewer(tenant, &asker.identity).await?,
            Some(_) => None,
        };
        match (list, person) {
            (form::REQUESTS, Some(person)) => self.requests(desk, tenant, &person, text, most).await,
            (form::REQUESTS, None) => Ok(answer::found([])),
            (list, Some(_)) => {
                let names = desk.suggestions(tenant, list, text).await;
                Ok(answer::choices(names.iter().take(most).map(|name| (name.as_str(), name.as_str()))))
            }
            (_, None) => Ok(answer::choices([])),
        }
    }

    async fn requests(
        &self,
        desk: &Desk,
        tenant: &Tenant,
        person: &Person,
        text: &str,
        most: usize,
    ) -> Result<Value, Failure> {
        let home = desk.chat().home(tenant, person).await?;
        let text = text.to_lowercase();
        let mut found: Vec<(String, String, Value)> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for card in home.waiting.into_iter().chain(home.requests).chain(home.access) {
            let Some(code) = card.code.clone() else { continue };
            if found.len() == most || !card.text.to_lowercase().contains(&text) || !seen.insert(code.clone())
            {
                continue;
            }
            let Some(shared) = desk.chat().shared_card(tenant, &code, None).await? else { continue };
            let standing = card.fields.iter().find(|field| field.label == words::STATUS);
            let line = standing.map(|field| field.value.clone()).unwrap_or_default();
            // It goes through the hands of who sends it, so it has nothing to press: each viewer is shown the bot's own.
            let refresh = Some(Refresh { reference: format!("status {code}"), viewers: vec![] });
            let shown = Card { buttons: vec![], refresh, ..shared };
            found.push((card.title, line, self.drawn(desk, tenant, shown)));
        }
        Ok(answer::found(
            found.iter().map(|(title, line, card)| (title.as_str(), line.as_str(), card.clone())),
        ))
    }
}
