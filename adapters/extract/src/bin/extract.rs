//! Reads one file, and ends: for [`countersign_extract::Apart`].

fn main() -> std::process::ExitCode {
    countersign_extract::child(std::env::args().nth(1).as_deref())
}
