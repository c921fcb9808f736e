//! What lies in a watched folder: which files, and the bytes of one that nobody wrote to meanwhile.

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use walkdir::WalkDir;

/// So many folders stand in each other at most.
const DEEPEST: usize = 16;
/// So much is walked past at most: a folder of millions of things is none of documents.
const MOST_THINGS: usize = 100_000;

/// A file that lies there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lying {
    /// Where, from the folder on.
    pub(super) path: String,
    /// By what it shows that somebody wrote to it.
    pub(super) mark: Mark,
}

/// By what a file shows that somebody wrote to it, or put another one in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// How many bytes it has.
    pub(super) size: u64,
    file: u64,
    written: (i64, i64),
}

impl Mark {
    fn of(about: &Metadata) -> Self {
        Self { size: about.size(), file: about.ino(), written: (about.mtime(), about.mtime_nsec()) }
    }
}

/// The files that lie there.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Listing {
    /// By the order of their names.
    pub(super) files: Vec<Lying>,
    /// How many more there are than are looked at, or whose names are no text.
    pub(super) more: usize,
}

/// What lies in a folder, or why that cannot be said. Where a part of it cannot be looked at nothing is said of any: what is not seen
/// would pass for what is not there.
pub(super) fn listing(root: &Path, most: usize) -> io::Result<Listing> {
    among(root, most, MOST_THINGS)
}

/// The same among so many things that lie there, files or not.
fn among(root: &Path, most: usize, things: usize) -> io::Result<Listing> {
    if !std::fs::metadata(root)?.is_dir() {
        return Err(io::Error::new(ErrorKind::NotADirectory, "it is no folder"));
    }
    let mut listing = Listing::default();
    // Links are not followed: a folder brings what lies in it, and nothing else of this machine.
    let walk = WalkDir::new(root).follow_links(false).max_depth(DEEPEST).sort_by_file_name().into_iter();
    let wanted = walk.filter_entry(|entry| entry.depth() == 0 || !is_left_out(entry.file_name()));
    for (nth, entry) in wanted.enumerate() {
        if nth == things {
            // What lies behind that is not known, so nothing is said to be gone.
            listing.more += 1;
            break;
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if is_gone_meanwhile(&error) => continue,
            Err(error) => return Err(error.into()),
        };
        if !entry.file_type().is_file() {
            continue;
        }
        let path = entry.path().strip_prefix(root).ok().and_then(Path::to_str);
        let about = match entry.metadata() {
            Ok(about) => about,
            Err(error) if is_gone_meanwhile(&error) => continue,
            Err(error) => return Err(error.into()),
        };
        match path {
            Some(path) if listing.files.len() < most => {
                listing.files.push(Lying { path: path.to_owned(), mark: Mark::of(&about) });
            }
            _ => listing.more += 1,
        }
    }
    Ok(listing)
}

/// Whether something was taken away while the folder that it was in was looked through.
fn is_gone_meanwhile(error: &walkdir::Error) -> bool {
    error.depth() > 0 && error.io_error().is_some_and(|error| error.kind() == ErrorKind::NotFound)
}

/// What nobody means as a document: what is hidden, and what programs write for themselves while they are at it.
fn is_left_out(name: &OsStr) -> bool {
    const BEGINS: [&str; 3] = [".", "~$", "#"];
    const ENDS: [&str; 9] =
        ["~", ".tmp", ".temp", ".part", ".partial", ".swp", ".crdownload", ".download", ".lock"];
    const CALLED: [&str; 2] = ["thumbs.db", "desktop.ini"];
    let name = name.to_string_lossy().to_lowercase();
    BEGINS.iter().any(|begins| name.starts_with(begins))
        || ENDS.iter().any(|ends| name.ends_with(ends))
        || CALLED.contains(&&*name)
}

/// The bytes of a file, whole; nothing where somebody wrote to it meanwhile, or put something else in its place, so that it is another.
pub(super) fn read_whole(root: &Path, lying: &Lying) -> io::Result<Option<Vec<u8>>> {
    let file = File::open(root.join(&lying.path))?;
    let is_the_same = |file: &File| Ok::<_, io::Error>(Mark::of(&file.metadata()?) == lying.mark);
    if !is_the_same(&file)? {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    (&file).take(lying.mark.size.saturating_add(1)).read_to_end(&mut bytes)?;
    let is_whole = is_the_same(&file)? && bytes.len() as u64 == lying.mark.size;
    Ok(is_whole.then_some(bytes))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn paths(root: &Path, most: usize) -> (Vec<String>, usize) {
        let listing = listing(root, most).unwrap();
        (listing.files.into_iter().map(|lying| lying.path).collect(), listing.more)
    }

    #[test]
    fn what_lies_behind_as_much_as_is_looked_at_is_not_said_to_be_gone() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.txt", "b.txt", "c.txt"] {
            fs::write(folder.path().join(name), "text").unwrap();
        }
        let seen = |things| {
            let listing = among(folder.path(), 10, things).unwrap();
            (listing.files.len(), listing.more)
        };
        // The folder itself is one of them.
        assert_eq!((seen(4), seen(3)), ((3, 0), (2, 1)));
    }

    #[test]
    fn what_is_hidden_temporary_or_a_link_out_of_the_folder_is_left_out() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = folder.path();
        fs::create_dir_all(root.join("hr/.git")).unwrap();
        fs::write(elsewhere.path().join("secret.txt"), "secret").unwrap();
        for name in [
            "b.md",
            "a.txt",
            "hr/pay.md",
            "hr/.git/config",
            ".hidden",
            "~$a.docx",
            "a.txt~",
            "x.part",
            "Thumbs.db",
            "#a#",
        ] {
            fs::write(root.join(name), "text").unwrap();
        }
        std::os::unix::fs::symlink(elsewhere.path().join("secret.txt"), root.join("link.txt")).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), root.join("linked")).unwrap();
        assert_eq!(paths(root, 10), (vec!["a.txt".to_owned(), "b.md".to_owned(), "hr/pay.md".to_owned()], 0));
        assert_eq!(paths(root, 1), (vec!["a.txt".to_owned()], 2), "and no more than is wanted");
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_from_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(listing(folder.path(), 10).unwrap(), Listing::default());
        assert!(listing(&folder.path().join("gone"), 10).is_err());
        fs::write(folder.path().join("file"), "").unwrap();
        assert!(listing(&folder.path().join("file"), 10).is_err());
    }

    #[test]
    fn a_file_that_somebody_writes_to_is_not_read_in_part() {
        let folder = tempfile::tempdir().unwrap();
        let (root, file) = (folder.path(), folder.path().join("a.txt"));
        fs::write(&file, "whole").unwrap();
        let lying = listing(root, 10).unwrap().files.remove(0);
        assert_eq!(read_whole(root, &lying).unwrap().as_deref(), Some(&b"whole"[..]));
        fs::write(&file, "whole and more").unwrap();
        assert_eq!(read_whole(root, &lying).unwrap(), None);
        // Another file of the same size under the same name.
        fs::write(root.join("b.txt"), "other").unwrap();
        fs::rename(root.join("b.txt"), &file).unwrap();
        assert_eq!(read_whole(root, &lying).unwrap(), None);
    }
}
