//! Starts the Discord sandbox with a server, two people and a channel, and says where it is:
//! `cargo run -p countersign-sandbox --example discord [port]`. It ends by Ctrl-C.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};

use countersign_sandbox::{DiscordOptions, DiscordSandbox, DiscordState};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::args().nth(1).map_or(Ok(0), |port| port.parse())?;
    let seed = DiscordState::new("1000000000000000001", "1000000000000000002")
        .person("1000000000000000003", "Erin", &[])
        .person("1000000000000000004", "Alice", &[])
        .channel("1000000000000000005", "access");
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let sandbox =
        DiscordSandbox::start(DiscordOptions { listen, ..DiscordOptions::new("sandbox-token", seed) });
    let sandbox = sandbox.await?;
    #[expect(clippy::print_stdout, reason = "whoever started it reads where it is")]
    {
        println!("rest={}", sandbox.base_url());
        println!("gateway={}", sandbox.gateway_url());
        println!("public_key={}", sandbox.public_key());
        println!("token=sandbox-token");
    }
    tokio::signal::ctrl_c().await?;
    sandbox.stop().await;
    Ok(())
}
