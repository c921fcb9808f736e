//! What is said of orders.

use super::{Catering, Order};
use crate::names::PrincipalId;
use crate::request::RequestEvent;
use crate::words::happened;

/// `lunch for 12`.
pub fn title(order: &Order) -> String {
    format!("lunch for {}", order.guests)
}

/// What has happened to an order, in a sentence: for the audit, and for who asks why it stands as it does.
pub fn told(event: &RequestEvent<Catering>, name: &dyn Fn(&PrincipalId) -> String) -> String {
    match event {
        RequestEvent::Requested { asked } => {
            format!("{} asked for {}.", name(&asked.requester.id), title(asked))
        }
        like_others => happened(like_others, "the order", name, |_| "It is ordered.".to_owned()),
    }
}
