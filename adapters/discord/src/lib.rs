//! Discord as a surface: cards as embeds and buttons, deliveries that are surely Discord's, the slash command.

mod card;
mod inbound;
mod interaction;
mod slash;

pub use card::{Message, UnfitReference, message};
pub use inbound::{BadPublicKey, Inbound, InboundRefusal, LARGEST_BODY, Verified};
pub use interaction::{Delivery, Origin, Unreadable, read};
pub use slash::{SlashCommand, UnfitTable};
