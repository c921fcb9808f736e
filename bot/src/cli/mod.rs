//! The terminal: every sub-command in a file of its own. Results go to the standard output, everything else to the other.

mod agents;
pub(crate) mod audit;
pub(crate) mod bot;
mod card;
mod chat;
mod config;
mod effects;
mod ending;
pub(crate) mod folder;
mod live;
pub(crate) mod output;
pub(crate) mod past;
mod projections;
pub(crate) mod refused;
mod serve;
pub(crate) mod source;
mod store;
mod surfaces;
pub(crate) mod table;
#[cfg(test)]
mod tests;
mod token;
mod vault;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{access, repair, rule_change, timeline};

pub use refused::Refused;

/// The event-sourced chatops bot: people ask, others countersign, the bot does the work and proves it.
#[derive(Debug, Parser)]
#[command(
    name = "countersign",
    version,
    after_help = "To try it: `countersign serve --demo`, and in a second terminal `countersign chat --as demo-employee help`.\n\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 denied, or damage or faults were found."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the bot
    Serve(serve::Serve),
    /// Talk to a running bot: one sentence, or many
    Chat(chat::Chat),
    /// Compare what the forge holds with what the log wants, and put differences right
    #[command(subcommand)]
    Access(Access),
    /// Look at what happened, at any moment of the past
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Check rules, ask them what they would say, and propose other ones
    #[command(subcommand)]
    Rules(rule_change::cli::Rules),
    /// Look after what a running bot does outside
    #[command(subcommand)]
    Effects(effects::Effects),
    /// Look after what other systems tell: deliveries that could not be read
    #[command(subcommand)]
    Integrations(timeline::cli::Integrations),
    /// Look after the read models
    #[command(subcommand)]
    Projections(projections::Projections),
    /// Check, measure and move the log
    #[command(subcommand)]
    Store(store::Store),
    /// Make what a chat's administrators need to add the bot
    #[command(subcommand)]
    Surfaces(surfaces::Surfaces),
    /// Check and show the configuration
    #[command(subcommand)]
    Config(config::Config),
    /// Make what people sign in with
    #[command(subcommand)]
    Token(token::Token),
    /// Look after the vault: secrets, keys, and who is erased
    #[command(subcommand)]
    Vault(vault::Vault),
    /// Make what sets up an agent at a vendor's
    #[command(subcommand)]
    Agents(agents::Agents),
}

/// What to do with accesses.
#[derive(Debug, Subcommand)]
enum Access {
    /// Compare what the forge holds with what the log wants, and explain every difference (exit code 3 where there is one)
    Compare(access::cli::Compare),
    /// Propose to put differences right, or print what that would do (exit code 3 where it would be refused)
    Repair(repair::cli::Repair),
}

/// Does what the command line says.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Serve(command) => command.run(),
        Command::Chat(command) => command.run(),
        Command::Access(Access::Compare(command)) => command.run(),
        Command::Access(Access::Repair(command)) => command.run(),
        Command::Audit(command) => command.run(),
        Command::Rules(command) => command.run(),
        Command::Effects(command) => command.run(),
        Command::Integrations(command) => command.run(),
        Command::Projections(command) => command.run(),
        Command::Store(command) => command.run(),
        Command::Surfaces(command) => command.run(),
        Command::Config(command) => command.run(),
        Command::Token(command) => command.run(),
        Command::Vault(command) => command.run(),
        Command::Agents(command) => command.run(),
    }
}

/// The exit code of what [`run`] returned, and what to say on the standard error output, if anything.
pub fn exit(result: anyhow::Result<()>) -> (ExitCode, Option<String>) {
    let Err(error) = result else { return (ExitCode::SUCCESS, None) };
    if output::is_broken_pipe(&error) {
        // Whoever read us has enough: no failure of ours.
        return (ExitCode::SUCCESS, None);
    }
    if let Some(Refused(said)) = error.downcast_ref::<Refused>() {
        return (ExitCode::from(3), Some(said.clone()).filter(|said| !said.is_empty()));
    }
    (ExitCode::FAILURE, Some(format!("countersign: {error:#}")))
}

/// How much of a stack each thread has, in bytes: a sentence is read, answered and carried out in one descent, which takes more than
/// the 2 MiB of a thread where nothing is optimised. A stack that overflows ends the whole program, and memory that nobody touches
/// costs nothing.
const STACK: usize = 8 * 1024 * 1024;

/// Runs asynchronous work from here on.
pub(crate) fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().thread_stack_size(STACK).enable_all().build()?.block_on(work)
}
