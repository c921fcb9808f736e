//! The program: reads the command line, does what it says, and ends with the right exit code.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use countersign::cli::{self, Cli};
use countersign::help::READ_ONE_FILE;
use countersign::private;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    private::files();
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(READ_ONE_FILE) {
        return countersign_extract::child(arguments.next().as_deref());
    }
    let (code, said) = cli::exit(cli::run(Cli::parse()));
    if let Some(said) = said {
        // Where even this cannot be said, the exit code has to do.
        let _ = writeln!(std::io::stderr(), "{said}");
    }
    code
}
