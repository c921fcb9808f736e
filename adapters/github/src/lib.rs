//! GitHub behind the Forge port: github.com and Enterprise Server, by a token or as an app.
//!
//! [`Github`] changes what people hold on a repository by themselves: what teams and the organization give them is told apart from that,
//! and never changed. A repository is known by its node id and a person by their number, for both of their names can be changed
//! and taken by others. Who is outside the organization is invited, and has nothing until they accept.

mod answers;
mod app;
mod apply;
mod call;
mod config;
mod direct;
mod examine;
mod forge;
mod invitations;
mod locate;
mod people;
mod seen;

pub use config::{ConnectError, GithubAuth, GithubConfig};
pub use forge::Github;
