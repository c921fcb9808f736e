//! What administrators must look after, as cards: told to them by itself where they talk, and found in the console by everybody who
//! is one, also where they are linked to no chat.

use countersign_domain::alarm::{About, AlarmEvent};
use countersign_domain::capabilities::Effect;
use countersign_domain::card::Card;
use countersign_domain::effect::{EffectState, Wish as _};
use countersign_domain::names::Tenant;
use countersign_projections::effect::{self, EffectRow};
use countersign_projections::{oversight, request};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::Chat;
use crate::cards;
use crate::engine::Failure;
use crate::leave;
use crate::words;

/// So long it is shown what became of what somebody left behind.
const LATELY: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Of so many who left last.
const LEAVERS: usize = 5;
/// More effects than this are not looked through for what has to end.
const LOOKED_AT: usize = 500;

impl Chat {
    /// The alarms that go on, and what the forge holds beside what the log wants.
    pub(super) async fn alarms(&self, tenant: &Tenant) -> Result<Vec<Card>, Failure> {
        let going_on = oversight::alarms(&*self.world.projections.rows(oversight::NAME), tenant)?;
        let mut shown = Vec::new();
        for on in going_on {
            let alarm = AlarmEvent::AlarmRepeated { about: on.about, why: on.why, since: on.since };
            shown.push(self.alarm_card(tenant, &alarm).await?);
        }
        let known = oversight::comparison(&*self.world.projections.rows(oversight::NAME), tenant)?;
        shown.extend(cards::known_differences(&known));
        shown.extend(self.leavers(tenant).await?);
        Ok(shown)
    }

    /// What became of what those left behind who left lately.
    async fn leavers(&self, tenant: &Tenant) -> Result<Vec<Card>, Failure> {
        let people = self.directory.present(tenant).await?.state;
        let lately = self.now().checked_sub(LATELY).unwrap_or(Timestamp::MIN);
        let mut left: Vec<_> = people.gone.iter().filter(|(_, at)| **at >= lately).collect();
        left.sort_by_key(|(_, at)| std::cmp::Reverse(**at));
        let more = left.len().saturating_sub(LEAVERS);
        let mut shown = Vec::new();
        for (who, at) in left.into_iter().take(LEAVERS) {
            let became = leave::left_behind(&self.world, &self.requests, tenant, (who, *at)).await?;
            if !became.is_empty() {
                shown.push(cards::somebody_left(&people.called(who), &became, &[]));
            }
        }
        if more > 0 {
            shown.push(cards::lines(words::NOT_ALL, &[words::more_left(more)]));
        }
        Ok(shown)
    }

    /// The card of an alarm.
    pub(crate) async fn alarm_card(&self, tenant: &Tenant, alarm: &AlarmEvent) -> Result<Card, Failure> {
        let about = alarm.about();
        Ok(match about {
            About::Vendor { .. } => {
                let rows = self.world.projections.rows(request::NAME);
                cards::vendor_alarm(alarm, request::not_undone(&*rows, tenant)?)
            }
            About::Ending { code } => {
                let access = self.requests.state(tenant, code).await?;
                let ends = |effect: &Effect| effect.is_urgent() && effect.code() == Some(code);
                cards::ending_alarm(alarm, &access, self.parked(tenant, ends)?)
            }
            About::Move { project, to } => {
                let is_meant = |effect: &Effect| matches!(effect, Effect::Ticket(own) if own.moving().as_ref() == Some(about));
                cards::move_alarm(alarm, project, *to, self.parked(tenant, is_meant)?)
            }
        })
    }

    /// The newest parked effect that is meant, if there is one.
    fn parked(&self, tenant: &Tenant, is_meant: impl Fn(&Effect) -> bool) -> Result<Option<Uuid>, Failure> {
        let rows = self.world.projections.rows(effect::NAME);
        let parked = effect::list(&*rows, tenant, Some(EffectState::Parked), None, LOOKED_AT)?;
        let is_meant = |row: &&EffectRow| row.effects.effect.as_ref().is_some_and(&is_meant);
        Ok(parked.items.iter().find(is_meant).map(|row| row.id))
    }
}
