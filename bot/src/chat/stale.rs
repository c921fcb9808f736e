//! A list of requests that was offered, as it is by now: what is over is in it no more, and what has come since is. A list whose every
//! line is over is forgotten.

use countersign_domain::capabilities::AnyRequest;
use countersign_domain::card::Card;
use countersign_domain::names::Tenant;
use countersign_domain::question::{About, Offer, Question};
use countersign_domain::request::Code;

use super::meaning::{self, Concern};
use super::{Chat, Seen};
use crate::commands::{self, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, Sentence};
use crate::words;

/// What a line of such a list says.
pub(super) struct Line {
    pub(super) spec: &'static CommandSpec,
    pub(super) said: Said,
    pub(super) concern: Concern,
    pub(super) code: Code,
    /// Whether it would withdraw what waits.
    withdraws: bool,
}

impl Line {
    /// `None` where an offer is about no request that is named by its code.
    pub(super) fn of(offer: &Offer) -> Option<Self> {
        let (spec, said) = commands::understand(&Sentence::new(&offer.say))?;
        let (concern, code) = (meaning::concern(spec.name)?, said.get("code")?.parse().ok()?);
        Some(Self { spec, said, concern, code, withdraws: offer.label == words::YES_ANEW })
    }

    /// Whether it can still be done with this request.
    fn can_be_done(&self, request: &AnyRequest) -> bool {
        match self.concern {
            Concern::ToDecide | Concern::OwnWaiting => request.is_to_be_decided(),
            // What is in force can be asked for otherwise, and so can what was denied.
            Concern::OwnToChange => {
                let is_there = request.is_in_force() || request.denial().is_some();
                request.is_to_be_decided() || is_there && !self.withdraws
            }
            Concern::InForce | Concern::OwnInForce => request.is_in_force(),
            Concern::Countersigned | Concern::Open => true,
        }
    }
}

impl Chat {
    /// What stands at a place of the list that was just offered here, where that is of what is to be done: whoever says a number means the
    /// list that they see. `None` where none was offered.
    pub(super) async fn listed_at(
        &self,
        context: &Context,
        concern: Concern,
        at: usize,
    ) -> Result<Option<Vec<Seen>>, Failure> {
        let Some(question) = self.question(context).await? else { return Ok(None) };
        let lines: Option<Vec<Line>> = question.offers.iter().map(Line::of).collect();
        let Some(lines) = lines.filter(|lines| lines.len() > 1 && lines[0].concern == concern) else {
            return Ok(None);
        };
        let Some(line) = lines.into_iter().nth(at) else { return Ok(Some(vec![])) };
        let request = self.seen_by_code(context, &context.tenant, &line.code).await?;
        Ok(Some(request.map(|request| Seen { code: line.code, request }).into_iter().collect()))
    }

    /// Forgets a question of whose offers nothing can be done any more; whether it was one.
    pub(super) async fn forgets_if_over(
        &self,
        context: &Context,
        question: Option<&Question>,
    ) -> Result<bool, Failure> {
        let Some(question) = question else { return Ok(false) };
        let is_over = self.is_over(&context.tenant, question).await?;
        if is_over {
            self.drop_question(context, question).await?;
        }
        Ok(is_over)
    }

    /// Whether nothing of what a question offers can be done any more.
    pub(crate) async fn is_over(&self, tenant: &Tenant, question: &Question) -> Result<bool, Failure> {
        if question.wish.is_some() || question.about != About::Which || question.offers.is_empty() {
            return Ok(false);
        }
        for offer in &question.offers {
            let Some(line) = Line::of(offer) else { return Ok(false) };
            let Some(request) = self.requests.any(tenant, &line.code).await? else { continue };
            if line.can_be_done(&request) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A list of which a line is over, asked anew with what can be meant now; `None` where it stands as it was shown.
    pub(super) async fn listed_anew(
        &self,
        context: &Context,
        question: &Question,
    ) -> Result<Option<Vec<Card>>, Failure> {
        if question.wish.is_some() || question.about != About::Which || question.offers.len() < 2 {
            return Ok(None);
        }
        let lines: Option<Vec<Line>> = question.offers.iter().map(Line::of).collect();
        let Some(lines) = lines else { return Ok(None) };
        let Some(first) = lines.first() else { return Ok(None) };
        if lines.iter().any(|line| line.spec.name != first.spec.name) {
            return Ok(None);
        }
        let mut meant = Vec::new();
        for line in &lines {
            let request = self.seen_by_code(context, &context.tenant, &line.code).await?;
            let request = request.filter(|request| line.can_be_done(request));
            meant.extend(request.map(|request| Seen { code: line.code.clone(), request }));
        }
        if meant.len() == lines.len() {
            return Ok(None);
        }
        let rows = self.concerned(context, first.concern).await?;
        let others = rows.into_iter().filter(|row| lines.iter().all(|line| line.code != row.code));
        meant.extend(others.map(Seen::from));
        if meant.is_empty() {
            return Ok(None);
        }
        self.ask_which(context, first.spec, &first.said, &meant, None).await.map(Some)
    }
}
