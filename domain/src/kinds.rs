//! The types of events there are, by the names that stand in the log for ever.

use std::sync::LazyLock;

use crate::access::ComparisonEvent;
use crate::agents::AgentBookEvent;
use crate::aggregate::Event;
use crate::alarm::AlarmEvent;
use crate::capabilities::{AnyEvent, EffectEvent};
use crate::conversation::ConversationEvent;
use crate::question::QuestionEvent;
use crate::record::Record;
use crate::support::{NumberEvent, TicketEvent};
use crate::tenant::{PeopleEvent, RulebookEvent, SettingsEvent};
use crate::timeline::{AlertEvent, DeliveryEvent};

/// Every type, in the order of names.
pub static KINDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut all = [
        AnyEvent::names(),
        AgentBookEvent::names(),
        ComparisonEvent::names(),
        AlarmEvent::names(),
        ConversationEvent::names(),
        EffectEvent::names(),
        QuestionEvent::names(),
        Record::names(),
        PeopleEvent::names(),
        RulebookEvent::names(),
        SettingsEvent::names(),
        NumberEvent::names(),
        TicketEvent::names(),
        AlertEvent::names(),
        DeliveryEvent::names(),
    ]
    .concat();
    all.sort_unstable();
    all
});
