//! A Bedrock in miniature to try programs against: `cargo run -p countersign-sandbox --example bedrock`.
//!
//! Says on one line of JSON where it is and which key it takes, and runs until its input ends. What it answers is said to it at
//! `/_sandbox`.

use countersign_sandbox::bedrock::{BedrockOptions, BedrockSandbox, BedrockState};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let state = BedrockState::default();
    let (key_id, model) = (state.key_id.clone(), state.model.clone());
    let sandbox = BedrockSandbox::start(BedrockOptions::new(state)).await?;
    let about = serde_json::json!({"url": sandbox.base_url(), "key_id": key_id, "model": model});
    #[expect(clippy::print_stdout, reason = "whoever started it reads this")]
    {
        println!("{about}");
    }
    let ended = || std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    tokio::task::spawn_blocking(ended).await??;
    sandbox.stop().await;
    Ok(())
}
