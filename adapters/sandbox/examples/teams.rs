//! The Teams sandbox by itself, for other people's programs: `cargo run -p countersign-sandbox --example teams 56200`.
//! It runs until its input ends.

use std::io::Read as _;

use countersign_sandbox::teams::{Talk, TalkKind, TeamsUser};
use countersign_sandbox::{TeamsAccess, TeamsOptions, TeamsSandbox, TeamsState};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::args().nth(1).unwrap_or_default().parse()?;
    let user = TeamsUser {
        id: "29:1erin".to_owned(),
        object: "3f6a1d2c-77b8-4f0e-8b1d-1a2b3c4d5e6f".to_owned(),
        name: "Erin".to_owned(),
        principal: "erin@acme.example".to_owned(),
        guest: false,
    };
    let channel = Talk {
        id: "19:253b1f341670408fb6fe51050b6e5ceb@thread.tacv2".to_owned(),
        kind: TalkKind::Channel,
        name: "access".to_owned(),
        members: vec![user.id.clone()],
    };
    let state =
        TeamsState::new("8f0c3e57-5c1b-4f55-9a46-0d2a7c1e9b10", "f0e7b3c1-1111-4222-8333-444455556666");
    let seed = TeamsState { users: vec![user], talks: vec![channel], ..state };
    let mut options = TeamsOptions::new(TeamsAccess::Secret("a-secret-of-the-sandbox".to_owned()), seed);
    options.listen.set_port(port);
    let sandbox = TeamsSandbox::start(options).await?;
    tracing::info!(address = %sandbox.address(), "the Teams sandbox runs");
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    sandbox.stop().await;
    Ok(())
}
