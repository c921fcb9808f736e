//! How much may be asked, and was: within a while, and in a day, which begins at the midnight of who asks for what is theirs, and of the
//! desk for what all have together.

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::conversation::{AgentName, Limit, Used, Whose};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::support::Calendar;
use countersign_domain::tenant::People;
use countersign_projections::help_desk::{self, Had};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::asking::Asker;
use crate::chat::here;
use crate::context::Context;
use crate::engine::{Engine, Failure};
use crate::help::Help;

/// All that limits who asks this agent now. What was asked a moment ago may not be counted yet: that is one question more at most.
pub(super) async fn limits(
    asker: Asker<'_>,
    context: &Context,
    help: &Help,
    agent: &AgentName,
) -> Result<Vec<Limit>, Failure> {
    let settings = &help.settings;
    let now = asker.world.clock.now();
    let counted = Counted { asker, context, agent };
    let Had { person, agent, tenant } =
        counted.since(now.checked_sub(settings.within).unwrap_or(Timestamp::MIN))?;
    let until = now.checked_add(settings.within).unwrap_or(Timestamp::MAX);
    let within = |whose, allowance, used| Limit { whose, allowance, used, until, day: None };
    let mut limits = vec![
        within(Whose::Person, settings.person, person),
        within(Whose::Agent, settings.by_agent, agent),
        within(Whose::Tenant, settings.tenant, tenant),
    ];
    if settings.daily.is_counted() {
        limits.extend(counted.in_a_day(help, now).await?);
    }
    Ok(limits)
}

/// Whose turns are counted.
struct Counted<'a> {
    asker: Asker<'a>,
    context: &'a Context,
    agent: &'a AgentName,
}

impl Counted<'_> {
    fn since(&self, since: Timestamp) -> Result<Had, Failure> {
        let rows = self.asker.world.projections.rows(help_desk::NAME);
        let whose = (&self.context.person.id, &*self.agent.name);
        Ok(help_desk::used_since(&*rows, &self.context.tenant, whose, since)?)
    }

    /// Who says that they live elsewhere has another midnight. No 24 hours lie in more than two days, so nobody has more in
    /// them than what is for two, however often they move.
    async fn in_a_day(&self, help: &Help, now: Timestamp) -> Result<[Limit; 4], Failure> {
        let (own, desk) = (self.own_zone(now).await?, zone_of(&help.settings.level.calendar));
        let (theirs, all) = (day(now, &own), day(now, &desk));
        let person = self.since(theirs.0)?.person;
        let Had { agent, tenant, .. } = self.since(all.0)?;
        let daily = help.settings.daily;
        let whole = SignedDuration::from_hours(24);
        let lately = Limit {
            whose: Whose::Person,
            allowance: daily.person.twice(),
            used: self.since(now.checked_sub(whole).unwrap_or(Timestamp::MIN))?.person,
            until: now.checked_add(whole).unwrap_or(Timestamp::MAX),
            day: None,
        };
        let limit = |whose, allowance, used: Used, (zone, until): (&TimeZone, Timestamp)| {
            let day = Some(zone.iana_name().unwrap_or("UTC").to_owned());
            Limit { whose, allowance, used, until, day }
        };
        Ok([
            limit(Whose::Person, daily.person, person, (&own, theirs.1)),
            limit(Whose::Agent, daily.by_agent, agent, (&desk, all.1)),
            limit(Whose::Tenant, daily.everybody, tenant, (&desk, all.1)),
            lately,
        ])
    }

    /// The zone of who asks.
    async fn own_zone(&self, now: Timestamp) -> Result<TimeZone, Failure> {
        let Asker { world, engine } = self.asker;
        let people = people(engine, &self.context.tenant).await?;
        let customs = world.customs(&self.context.tenant);
        Ok(here(&people, Some(&self.context.person.id), &customs, now).zone)
    }
}

/// The people of a tenant, as the log has them.
async fn people(engine: &Engine, tenant: &Tenant) -> Result<People, Failure> {
    let stream = StreamName::new(tenant, People::CATEGORY, tenant.as_str())?;
    Ok(engine.load::<People>(&stream, None).await?.state)
}

fn zone_of(calendar: &Calendar) -> TimeZone {
    TimeZone::get(&calendar.zone).unwrap_or(TimeZone::UTC)
}

/// When the day began there, and when the next one begins. Where a clock is set at midnight, a day begins as early as it can.
fn day(now: Timestamp, zone: &TimeZone) -> (Timestamp, Timestamp) {
    let whole = SignedDuration::from_hours(24);
    let began = now.to_zoned(zone.clone()).start_of_day();
    let Ok(began) = began else {
        return (now.checked_sub(whole).unwrap_or(now), now.checked_add(whole).unwrap_or(now));
    };
    let next = began.tomorrow().and_then(|next| next.start_of_day());
    let next = next.map_or_else(|_| now.checked_add(whole).unwrap_or(now), |next| next.timestamp());
    (began.timestamp(), next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_where_people_live_also_when_the_clock_is_set() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        for (now, began, next) in [
            ("2026-12-02T22:59:00Z", "2026-12-01T23:00:00Z", "2026-12-02T23:00:00Z"),
            ("2026-12-02T23:00:00Z", "2026-12-02T23:00:00Z", "2026-12-03T23:00:00Z"),
            // The day on which it is an hour shorter.
            ("2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ] {
            let at = |text: &str| text.parse::<Timestamp>().unwrap();
            assert_eq!(day(at(now), &berlin), (at(began), at(next)), "{now}");
        }
    }
}
