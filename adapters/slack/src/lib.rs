//! Slack as a surface (<https://docs.slack.dev>): cards in Block Kit, the Web API behind the `Surface` port, deliveries
//! verified and read, Socket Mode, forms, the Home tab, and the manifest of the app.

mod answers;
mod api;
mod card;
mod config;
mod delivery;
mod file;
mod form;
mod history;
mod home;
mod inbound;
mod manifest;
mod profile;
mod read;
mod rotation;
mod slack;
mod socket;
mod text;
mod trouble;
mod why;

pub use card::message;
pub use config::{ConnectError, RefreshConfig, SlackConfig};
pub use delivery::{AskWhy, CheckForm, Delivery, OpenForm, Trigger, Unreadable, Who};
pub use form::{FormContext, errors, form, suggestions};
pub use home::{HomeSection, home};
pub use inbound::{InboundRefusal, LARGEST_BODY, Signatures, Verified};
pub use manifest::{ManifestInput, manifest};
pub use read::{Envelope, Reader};
pub use slack::{Slack, Team};
pub use socket::{Connection, SocketMode};
pub use why::{Asking, why};
