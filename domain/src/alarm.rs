//! Alarms: what somebody must look after. Told to the administrators when it begins, again every day where access depends on it, and
//! when it is over.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::aggregate::{self, Aggregate};
use crate::code::Code;
use crate::denied::Denied;
use crate::ports::TicketMove;

/// After so long without a cure it is told again.
const AGAIN: SignedDuration = SignedDuration::from_hours(24);
/// What the ids of alarms are derived in.
const ALARMS: Uuid = Uuid::from_u128(0x2f0b_7a4e_91d3_4c68_8a55_0c6d_1be7_9f24);

/// What an alarm is about. There is one for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum About {
    /// A vendor does not let the bot in: its credential is missing or not accepted, or what answers is not the vendor.
    Vendor {
        /// Which: `bitbucket`, `slack`.
        vendor: String,
    },
    /// An access has ended, and could not be taken back.
    Ending {
        /// Of which request.
        code: Code,
    },
    /// The tracker has no way by which the tickets of a project could be moved where they belong: one fault, however many tickets
    /// it holds back.
    Move {
        /// The project.
        project: String,
        /// Where to.
        to: TicketMove,
    },
}

impl About {
    /// The words for all kinds.
    pub const KINDS: [&'static str; 3] = ["vendor", "ending", "move"];

    /// The id of its alarm.
    pub fn id(&self) -> Uuid {
        let key = match self {
            Self::Vendor { vendor } => format!("vendor {vendor}"),
            Self::Ending { code } => format!("ending {code}"),
            Self::Move { project, to } => format!("move {project} {}", to.as_str()),
        };
        Uuid::new_v5(&ALARMS, key.as_bytes())
    }

    /// The word for its kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Vendor { .. } => "vendor",
            Self::Ending { .. } => "ending",
            Self::Move { .. } => "move",
        }
    }

    /// Whether it is told again until it is over. A ticket in the wrong column gives nobody access and takes none away.
    pub const fn is_told_again(&self) -> bool {
        !matches!(self, Self::Move { .. })
    }
}

/// The events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum AlarmEvent {
    /// It began.
    AlarmRaised {
        /// What it is about.
        about: About,
        /// What was said, for those who run the bot.
        why: String,
    },
    /// It goes on, and is told again.
    AlarmRepeated {
        /// What it is about.
        about: About,
        /// What was said when it began.
        why: String,
        /// Since when it goes on.
        since: Timestamp,
    },
    /// It is over.
    AlarmOver {
        /// What it was about.
        about: About,
    },
}

impl aggregate::Tagged for AlarmEvent {}

/// The commands.
#[derive(Debug, Clone)]
pub enum AlarmCommand {
    /// Something is wrong.
    Raise {
        /// What.
        about: About,
        /// What was said.
        why: String,
    },
    /// It may be time to tell it again.
    Repeat,
    /// It is cured.
    End,
}

/// One alarm.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// How it goes on, while it does.
    pub on: Option<On>,
}

impl AlarmEvent {
    /// What it is about.
    pub const fn about(&self) -> &About {
        match self {
            Self::AlarmRaised { about, .. }
            | Self::AlarmRepeated { about, .. }
            | Self::AlarmOver { about } => about,
        }
    }
}

/// An alarm that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct On {
    /// What it is about.
    pub about: About,
    /// What was said.
    pub why: String,
    /// Since when.
    pub since: Timestamp,
    /// When it was told last.
    pub told: Timestamp,
}

impl On {
    /// When it is told again, if it is.
    pub fn repeat_at(&self) -> Option<Timestamp> {
        self.told.checked_add(AGAIN).ok().filter(|_| self.about.is_told_again())
    }
}

impl Aggregate for Alarm {
    const CATEGORY: &'static str = "alarm";
    type Command = AlarmCommand;
    type Event = AlarmEvent;

    fn decide(&self, command: AlarmCommand, now: Timestamp) -> Result<Vec<AlarmEvent>, Denied> {
        Ok(match (command, &self.on) {
            (AlarmCommand::Raise { about, why }, None) => vec![AlarmEvent::AlarmRaised { about, why }],
            (AlarmCommand::Repeat, Some(on)) if on.repeat_at().is_some_and(|at| at <= now) => {
                let On { about, why, since, .. } = on.clone();
                vec![AlarmEvent::AlarmRepeated { about, why, since }]
            }
            (AlarmCommand::End, Some(on)) => vec![AlarmEvent::AlarmOver { about: on.about.clone() }],
            _ => vec![],
        })
    }

    fn evolve(&mut self, event: &AlarmEvent, at: Timestamp) {
        match event {
            AlarmEvent::AlarmRaised { about, why } => {
                self.on = Some(On { about: about.clone(), why: why.clone(), since: at, told: at });
            }
            AlarmEvent::AlarmRepeated { .. } => self.on.iter_mut().for_each(|on| on.told = at),
            AlarmEvent::AlarmOver { .. } => self.on = None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AlarmCommand::{End, Raise, Repeat};
    use super::*;
    use crate::testing::{given, noon};

    fn about() -> About {
        About::Vendor { vendor: "bitbucket".to_owned() }
    }

    fn raised() -> AlarmEvent {
        AlarmEvent::AlarmRaised { about: about(), why: "401".to_owned() }
    }

    #[test]
    fn trust_a7_a_fault_is_told_once_however_often_it_is_met() {
        let raise = || Raise { about: about(), why: "401".to_owned() };
        given::<Alarm>([]).when(raise()).then([raised()]);
        given::<Alarm>([raised()]).when(raise()).then_nothing();
        let over = AlarmEvent::AlarmOver { about: about() };
        given::<Alarm>([raised()]).when(End).then([over.clone()]);
        given::<Alarm>([raised(), over]).when(raise()).then([raised()]);
        given::<Alarm>([]).when(End).then_nothing();
    }

    #[test]
    fn trust_a7_it_is_told_again_every_day_until_it_is_cured() {
        let (day, hour) = (SignedDuration::from_hours(24), SignedDuration::from_hours(1));
        let repeated = AlarmEvent::AlarmRepeated { about: about(), why: "401".to_owned(), since: noon() };
        given::<Alarm>([raised()]).at(noon() + day - hour).when(Repeat).then_nothing();
        given::<Alarm>([raised()]).at(noon() + day).when(Repeat).then([repeated]);
        let mut told = Alarm::default();
        told.evolve(&raised(), noon());
        told.evolve(&told.decide(Repeat, noon() + day).unwrap()[0].clone(), noon() + day);
        assert_eq!(told.decide(Repeat, noon() + day + hour), Ok(vec![]));
    }

    #[test]
    fn trust_d3_a_way_that_is_missing_is_told_once_and_not_every_day() {
        let about = || About::Move { project: "OPS".to_owned(), to: TicketMove::Granted };
        let raised = || AlarmEvent::AlarmRaised { about: about(), why: "no way".to_owned() };
        let week = SignedDuration::from_hours(7 * 24);
        given::<Alarm>([raised()]).at(noon() + week).when(Repeat).then_nothing();
        let raise = Raise { about: about(), why: "no way".to_owned() };
        given::<Alarm>([raised()]).at(noon() + week).when(raise).then_nothing();
        given::<Alarm>([raised()]).when(End).then([AlarmEvent::AlarmOver { about: about() }]);
    }

    #[test]
    fn every_kind_of_alarm_is_counted() {
        let code = Code::candidate(Uuid::from_u128(1), 0);
        let project = "OPS".to_owned();
        let kinds = [self::about(), About::Ending { code }, About::Move { project, to: TicketMove::Granted }];
        assert_eq!(kinds.map(|about| about.kind()), About::KINDS);
    }
}
