//! What is said where a file that came with a sentence is not read.

use countersign_domain::words::flat;

use crate::desk::UnreadFile;

/// The title of an answer.
pub(crate) const FILE_UNREAD: &str = "I have not read the file";
/// The longest name of a file that is repeated, in characters.
const NAME: usize = 80;

/// Why a file is not read, and what to do. `may_be_pasted`: what is in it may as well be said.
pub(crate) fn file_unread(why: &UnreadFile, may_be_pasted: bool) -> String {
    let said = match why {
        UnreadFile::Several(files) => {
            return format!("There are {files} files; send one, with all of it, in each message.");
        }
        UnreadFile::Beside => {
            return "There is a text in the message and a file beside it. Send one of the two.".to_owned();
        }
        UnreadFile::NoText { name, media } => {
            let media = media.as_deref().map(flat).map(|media| format!(" but {media}")).unwrap_or_default();
            format!("{} is no text{media}. Send a text, as `rules.cedar` or `rules.txt`.", named(name))
        }
        UnreadFile::TooLarge { name, most } => {
            return format!("{} is larger than {}, which is the most I read.", named(name), size(*most));
        }
        UnreadFile::NotUtf8 { name, line } => {
            format!(
                "{} is not written in UTF-8 from line {line} on. Save it as UTF-8 and send it again.",
                named(name)
            )
        }
        UnreadFile::Empty { name } => format!("Nothing stands in {}.", named(name)),
        UnreadFile::NotHandedOut { name, surface } => {
            let in_private = "does not hand it out to me here; in our private talk it may";
            format!("{}: {} {in_private}.", named(name), surface.name())
        }
        UnreadFile::NotNow { name, surface } => {
            format!(
                "{}: {} does not hand it out at the moment. Send it again in a while.",
                named(name),
                surface.name()
            )
        }
        UnreadFile::NotKept { name } => {
            format!("{} could not be kept just now. Send it again in a while.", named(name))
        }
    };
    let other_ways = if may_be_pasted {
        "You can also paste the text into the message, as a code block."
    } else {
        "The page Documents of the console takes it, too."
    };
    format!("{said} {other_ways}")
}

fn size(bytes: usize) -> String {
    match bytes >> 20 {
        0 => format!("{} KiB", bytes / 1024),
        mebibytes => format!("{mebibytes} MiB"),
    }
}

fn named(name: &str) -> String {
    match flat(name).chars().take(NAME).collect::<String>() {
        name if name.is_empty() => "The file".to_owned(),
        name => name,
    }
}
