//! Discord as a surface: cards as embeds and buttons, deliveries that are surely Discord's, the slash command, the calls to
//! Discord and the gateway.
//!
//! [`Discord`] is one tenant's server, as the bot speaks to it. What people do comes in by the [`Gateway`], or signed by HTTP
//! through [`Inbound`], [`read`] and [`Discord::hear`].

mod answer;
mod calls;
mod card;
mod config;
mod gateway;
mod heard;
mod inbound;
mod interaction;
mod slash;
mod surface;
mod wire;

pub use answer::{Answer, can_ask_why};
pub use card::{Message, UnfitReference, message};
pub use config::{ConnectError, DiscordConfig, Mode};
pub use gateway::{Gateway, GatewayEnd, Link, Listener, MemberChange, Unheard};
pub use heard::{Heard, NotHeard};
pub use inbound::{BadPublicKey, Inbound, InboundRefusal, LARGEST_BODY, Verified};
pub use interaction::{Delivery, Origin, Unreadable, read};
pub use slash::{SlashCommand, UnfitTable};
pub use surface::Discord;
