//! A Slack in miniature to try programs against: `cargo run -p countersign-sandbox --example slack [address]`.
//!
//! Says on one line of JSON where it is and which credentials it takes, and runs until its input ends. With an address,
//! deliveries go there over HTTP, signed; otherwise over Socket Mode.

use countersign_sandbox::slack::{SlackPersonKind, SlackTarget, SlackTokens};
use countersign_sandbox::{SlackOptions, SlackSandbox, SlackState};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let state = SlackState::new("T0ACME")
        .with("U0ERIN", "Erin", SlackPersonKind::Member)
        .with("U0ADAM", "Adam", SlackPersonKind::Member)
        .with("U0GUEST", "Gus", SlackPersonKind::Guest)
        .with_channel("C0OPS", "ops", &["U0ERIN", "U0ADAM"]);
    let tokens = SlackTokens::example();
    let secret = tokens.signing_secret.clone();
    let target = std::env::args().nth(1).map(|url| SlackTarget { url, secret: secret.clone() });
    let mut about =
        serde_json::json!({"bot_token": tokens.bot, "app_token": tokens.app, "signing_secret": secret});
    let sandbox = SlackSandbox::start(SlackOptions { target, ..SlackOptions::new(tokens, state) }).await?;
    about["url"] = format!("http://{}", sandbox.address()).into();
    about["api"] = sandbox.base_url().into();
    #[expect(clippy::print_stdout, reason = "whoever started it reads this")]
    {
        println!("{about}");
    }
    let ended = || std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    tokio::task::spawn_blocking(ended).await??;
    sandbox.stop().await;
    Ok(())
}
