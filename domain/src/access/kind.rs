//! Access as a kind of request.

use jiff::{SignedDuration, Timestamp};

use super::event::{Findings, GrantEvent, Phase, Proposal};
use super::fault::is_there_already;
use super::limits::Limits;
use super::state::{Access, AccessRequest, Lasting};
use super::{
    AccessEvent, Asked, Difference, Due, Ending, Errand, GrantCommand, GrantNews, Longer, Permission, Span,
    Subject, check, due, evidence, grant, leave,
};
use crate::denied::{Denied, Violation};
use crate::names::PrincipalId;
use crate::ports::{ForgeUser, Reach};
use crate::request::{
    Carried, Code, Content, Evidence, Facts, Kind, KnownBy, Leaver, Life, Meaning, Origin, Proposed,
    Requester, Review, Stage, Thing,
};
use crate::rules::{Question, Ruling, Terms};
use crate::tenant::{People, Person};

/// Who asks looks at the answer for so long.
const AT_ONCE: SignedDuration = SignedDuration::from_mins(1);

impl Content for Asked {
    fn code(&self) -> &Code {
        &self.code
    }

    fn requester(&self) -> &Requester {
        &self.requester
    }

    fn origin(&self) -> Origin {
        self.origin
    }

    fn subjects(&self) -> Vec<&PrincipalId> {
        self.subject.principal.iter().collect()
    }

    fn why(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    fn no_use_from(&self) -> Option<Timestamp> {
        self.until.map(|end| end.at)
    }

    fn facts(&self) -> Facts {
        let repository = self.repository.iter().map(|id| ("repository", id.as_str()));
        let ticket = self.ticket.iter().map(|id| ("ticket", id.as_str()));
        of_whom(&self.subject, Facts::about(repository.chain(ticket)))
    }
}

impl Evidence<Asked> for Findings {
    type Difference = Difference;

    fn differences(asked: &Asked, shown: &Self, found: &Self, by_us: &[String]) -> Vec<Difference> {
        evidence::differences(asked, shown, found, by_us)
    }

    fn brought_on(first: Self, shown: &Self, found: &Self, told: &[Difference]) -> Self {
        evidence::brought_on(first, shown, found, told)
    }

    /// Who can see the ticket decides what is shown to whom, and nothing else.
    fn decided_on(&self) -> Self {
        let mut evidence = Self { subject: None, ..self.clone() };
        if let Some(ticket) = &mut evidence.ticket {
            ticket.reach = Reach::default();
        }
        evidence
    }

    fn resolved(&self, asked: Asked) -> Asked {
        asked.resolved(self)
    }

    fn facts(&self) -> Facts {
        let repository = self
            .repository
            .iter()
            .flat_map(|repository| [repository.name.as_str(), repository.key()].map(|id| ("repository", id)));
        let ticket = self.ticket.iter().map(|ticket| ("ticket", ticket.key.as_str()));
        let mut facts = Facts::about(repository.chain(ticket));
        facts.people.extend(self.user.iter().flat_map(ForgeUser::names).map(str::to_owned));
        self.subject.iter().fold(facts, |facts, subject| of_whom(subject, facts))
    }
}

impl Kind for Access {
    const NAME: &'static str = "access";
    type Content = Asked;
    type Evidence = Findings;
    type Proposal = Proposal;
    type Fixed = Lasting;
    type Phase = Phase;
    type Past = Vec<Span>;
    type Command = GrantCommand;
    type Event = GrantEvent;
    type Due = Due;
    type News = GrantNews;
    type Errand = Errand;

    const FIRST: Proposal = Proposal::Grant;
    const CHECKING: Phase = Phase::Checking;
    const OPEN_WORDS: &'static [&'static str] =
        &["checking", "waiting", "granting", "active", "ending", "failed"];
    const LIFE: Life = Life { lasts: true, is_for_its_subjects: true, ..Life::once("granting", "active") };

    fn question<'a>(asked: &'a Asked, _: Option<&'a Findings>, people: &'a People) -> Option<Question<'a>> {
        super::question(asked, None, people)
    }

    fn word(access: &AccessRequest) -> &'static str {
        access.status().as_str()
    }

    fn is_own(access: &AccessRequest, person: &Person) -> bool {
        access.is_account_of(person)
    }

    fn gone(access: &AccessRequest, people: &People) -> Option<Leaver> {
        leave::subject_gone(access, people)
    }

    fn violations(asked: &Asked, found: &Findings, ruling: Option<&Ruling>) -> Vec<Violation> {
        check::violations(asked, found, ruling)
    }

    fn is_there_already(violation: &Violation) -> bool {
        is_there_already(violation)
    }

    fn ruled_out(asked: &Asked, found: Option<&Findings>, ruling: &Ruling) -> Vec<Violation> {
        check::ruling_violations(asked, found.and_then(|found| found.ticket.as_ref()), ruling)
    }

    fn is_news(access: &AccessRequest, difference: &Difference) -> bool {
        access.is_news(difference)
    }

    fn unmet(asked: &Asked, found: &Findings, terms: &Terms) -> Vec<Violation> {
        evidence::unmet(asked, found, terms)
    }

    fn limits(&self, proposed: Proposed<'_, Self>, earlier: &Vec<Span>, now: Timestamp) -> Vec<Violation> {
        let minutes = match proposed.proposal {
            Proposal::Grant => proposed.asked.minutes_under(proposed.terms),
            Proposal::Extension(longer) => longer.minutes,
        };
        let since = self.grant.as_ref().map(|grant| grant.since);
        let from = self.grant.as_ref().map_or(now, |grant| grant.until);
        Limits { terms: proposed.terms, earlier, since, from, now }.broken_by(minutes)
    }

    fn carried(
        &self,
        Proposed { asked, proposal, terms, .. }: Proposed<'_, Self>,
        by: Vec<PrincipalId>,
        now: Timestamp,
    ) -> Carried<Self> {
        match proposal {
            Proposal::Grant => Carried::Approved(Lasting { minutes: asked.minutes_under(terms) }),
            Proposal::Extension(longer) => {
                Carried::Own(GrantEvent::Extended { by, until: self.extended(longer, now), why: None })
            }
        }
    }

    fn has_begun(&self) -> bool {
        self.grant.is_some() || self.ending.is_some()
    }

    fn is_in(access: &AccessRequest, phase: Phase) -> bool {
        match phase {
            Phase::Checking => access.stage == Stage::Checking,
            Phase::Granting => access.stage == Stage::Working && access.own.ending.is_none(),
            Phase::Ending => access.stage == Stage::Working && access.own.ending.is_some(),
        }
    }

    fn reviewed(
        access: &AccessRequest,
        review: &Review<Self>,
        gone: Option<&Leaver>,
        now: Timestamp,
    ) -> Vec<AccessEvent> {
        leave::reviewed(access, review, gone, now)
    }

    fn decide(
        access: &AccessRequest,
        command: GrantCommand,
        now: Timestamp,
    ) -> Result<Vec<AccessEvent>, Denied> {
        grant::decide(access, command, now)
    }

    fn evolve(&mut self, event: &GrantEvent, at: Timestamp) -> Option<Stage> {
        self.apply(event, at)
    }

    fn meaning(event: &GrantEvent) -> Meaning<'_, GrantNews> {
        Meaning {
            news: GrantNews::of(event),
            closes: matches!(event, GrantEvent::Extended { .. } | GrantEvent::Ending { .. }),
            because_of: match event {
                GrantEvent::Shortened { who, .. }
                | GrantEvent::Ending { ending: Ending::Left { who, .. } } => Some(who),
                _ => None,
            },
            is_unseen: matches!(event, GrantEvent::EndsSoon { .. }),
        }
    }

    fn deadlines(access: &AccessRequest) -> Vec<(Timestamp, Due)> {
        due::deadlines(access)
    }

    fn is_urgent(command: &GrantCommand) -> bool {
        command.is_urgent()
    }

    fn is_answer(access: &AccessRequest, event: &GrantEvent) -> bool {
        let (Some(asked), Some(grant)) = (&access.asked, &access.own.grant) else { return false };
        matches!(event, GrantEvent::Granted { .. })
            && !access.has_waited
            && asked.origin.is_chat()
            && grant.since.duration_since(asked.at) < AT_ONCE
    }

    fn things(access: &AccessRequest) -> Vec<Thing> {
        let asked = access.asked.as_ref();
        let named = asked.and_then(|asked| asked.repository.as_deref()).into_iter();
        let repositories = named.chain(access.repository_key()).map(|id| ("repository", id));
        let accounts = access.account().map(|id| ("account", id));
        let tickets = asked.and_then(|asked| asked.ticket.as_deref()).map(|id| ("ticket", id));
        let things = repositories.chain(accounts).chain(tickets);
        things.map(|(kind, id)| Thing { kind, id: id.to_owned() }).collect()
    }

    fn known_by(access: &AccessRequest) -> KnownBy<'_> {
        let asked = access.asked.as_ref();
        KnownBy {
            name: asked.map(|asked| asked.subject.name.as_str()),
            wanted: asked.and_then(|asked| asked.permission).map(Permission::as_str),
            until: until(access),
        }
    }

    fn concerned(&self) -> Vec<&PrincipalId> {
        match &self.ending {
            Some(Ending::GivenBack { by } | Ending::Revoked { by, .. }) => vec![by],
            Some(Ending::TakenAway { by, .. }) => by.iter().collect(),
            Some(
                Ending::Expired | Ending::Left { .. } | Ending::CalledOff { .. } | Ending::NotAllowed { .. },
            )
            | None => vec![],
        }
    }
}

/// Until when it lasts or shall last, where its title does not say it.
fn until(access: &AccessRequest) -> Option<Timestamp> {
    let ends = access.own.grant.as_ref().map(|grant| grant.until);
    match access.open.as_ref().map(|open| open.proposal) {
        Some(Proposal::Extension(Longer { until: Some(_), .. })) => None,
        Some(Proposal::Extension(longer)) => ends.map(|ends| longer.after(ends)),
        Some(Proposal::Grant) | None => ends,
    }
}

/// The same, and whose access it is.
fn of_whom(subject: &Subject, mut facts: Facts) -> Facts {
    let principal = subject.principal.as_ref();
    facts.whose = Some(principal.map_or_else(|| subject.account.clone(), ToString::to_string));
    facts.people.extend([subject.account.clone(), subject.name.clone()]);
    facts.people.extend(principal.map(ToString::to_string));
    facts.concerned.extend(principal.cloned());
    facts
}

#[cfg(test)]
mod tests {
    use super::super::example::{
        active, ada, asked, ending, erin, findings, granting, requested, terms, waiting as waiting_history,
    };
    use super::super::{Longer, Permission};
    use super::*;
    use crate::request::Command::{Check, Fail};
    use crate::request::{Facets as _, WAIT_MINUTES, later, waiting};
    use crate::testing::{given, noon};

    /// When what this asks for lapses, where people are to be asked.
    fn lapses(asked: Asked) -> Timestamp {
        let request = given::<AccessRequest>([AccessEvent::Requested { asked: Box::new(asked) }]);
        let (findings, ruling) = (Box::new(findings()), Some(Ruling::Allowed(terms())));
        match request.when(Check { findings, ruling, past: vec![] }).events().pop() {
            Some(AccessEvent::Waiting { due, .. }) => due,
            other => panic!("nobody is asked: {other:?}"),
        }
    }

    #[test]
    fn what_is_asked_for_until_a_moment_waits_no_longer_than_that() {
        let until =
            |minutes| Asked { minutes: Some(minutes), until: Some(later(noon(), minutes).into()), ..asked() };
        assert_eq!(lapses(until(60)), later(noon(), 60));
        assert_eq!(lapses(until(WAIT_MINUTES + 60)), later(noon(), WAIT_MINUTES));
        assert_eq!(lapses(Asked { minutes: Some(60), ..asked() }), later(noon(), WAIT_MINUTES));
    }

    #[test]
    fn it_knows_where_it_was_asked_for() {
        for origin in [Origin::Chat, Origin::Ticket, Origin::EditedTicket] {
            let asked = Box::new(Asked { origin, ..asked() });
            let request = given::<AccessRequest>([AccessEvent::Requested { asked }]);
            assert_eq!(request.state().origin(), Some(origin));
        }
    }

    #[test]
    fn what_failed_counts_where_it_is_what_is_being_done() {
        let done = [Phase::Checking, Phase::Granting, Phase::Ending];
        let ended = GrantEvent::Ended { ending: Ending::Expired, left: None, by_hand: false };
        let ended = AccessEvent::Own(ended);
        for (history, doing) in [
            (requested(), Some(Phase::Checking)),
            (waiting_history(&terms()), None),
            (granting(), Some(Phase::Granting)),
            (active(), None),
            (ending(Ending::Expired), Some(Phase::Ending)),
            ([ending(Ending::Expired), vec![ended]].concat(), None),
        ] {
            let request = given::<AccessRequest>(history);
            let noticed = done.into_iter().filter(|phase| {
                let failed = Fail { phase: *phase, why: "403".to_owned(), given_up: false };
                !request.when(failed).events().is_empty()
            });
            assert_eq!(noticed.collect::<Vec<_>>(), Vec::from_iter(doing));
        }
    }

    #[test]
    fn trust_c5_an_extension_is_told_by_the_end_that_it_asks_for() {
        let until = |longer| {
            let proposed = waiting(Proposal::Extension(longer), &erin().id, terms(), noon());
            given::<AccessRequest>([active(), vec![proposed]].concat()).state().until()
        };
        assert_eq!(until(Longer::by(60)), Some(later(noon(), 2940)), "and never by the end it has now");
        let end = later(noon(), 3000);
        // Its title says it.
        assert_eq!(until(Longer::until(end.into(), later(noon(), 2880)).unwrap()), None);
    }

    #[test]
    fn an_extension_waits_until_the_access_is_extended_or_ends() {
        let (proposal, until) = (Proposal::Extension(Longer::by(60)), later(noon(), 2880));
        let proposed = waiting(proposal, &erin().id, terms(), noon());
        let waits_after = |event| {
            let history = [active(), vec![proposed.clone(), AccessEvent::Own(event)]].concat();
            given::<AccessRequest>(history).state().open.is_some()
        };
        let again = GrantEvent::Granted {
            permission: Permission::Write,
            holds: Some(Permission::Write),
            before: None,
            until,
            by_hand: false,
        };
        assert!(waits_after(GrantEvent::EndsSoon { until }) && waits_after(again));
        assert!(!waits_after(GrantEvent::Extended {
            by: vec![ada().id],
            until: later(until, 60),
            why: None
        }));
        assert!(!waits_after(GrantEvent::Ending { ending: Ending::Expired }));
    }
}
