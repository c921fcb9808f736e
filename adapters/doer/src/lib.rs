//! Safe actions behind the port `Doer`, and the pager behind `Pager`: calls to addresses that may be called, each signed.
//!
//! Whoever is called knows by two headers that it is us, and what was done already:
//!
//! - `Idempotency-Key`: the id of what is done. The same one twice is the same thing, and to be done once.
//! - `Countersign-Signature: t=<seconds since 1970>,v1=<hex>`: an HMAC-SHA256 by the shared secret, of `<t>.<key>.<METHOD> <path and
//!   query>.<body>`, in which the key is empty where something is only looked at. Refuse what does not agree, or is some minutes old:
//!   [`signature`] is how it is made.

mod allowed;
mod http;
mod page;
mod sign;

pub use allowed::{Allowed, BadAddress};
pub use http::HttpDoer;
pub use page::WebhookPager;
pub use sign::{HEADER, KEY, signature};
