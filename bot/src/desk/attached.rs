//! A file that comes with a sentence which takes one. It is read before anything is kept, and what follows never depends on a vendor that
//! may have thrown the file away by then: where the sentence takes a pasted text, the log has the file's text as if it had been pasted;
//! where it takes the file itself, its bytes are kept among the tenant's files. What came of a delivery before is what comes of it again:
//! its file is not read twice.

use std::time::Duration;

use countersign_domain::envelope::derived_id;
use countersign_domain::file::File;
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::{Act, Attached, CallError, CallErrorKind, Interaction, SurfaceKind};
use countersign_domain::record::Record;
use uuid::Uuid;

use super::{Desk, Received, id_of};
use crate::cards;
use crate::chat::{LONGEST_BLOCK, lacks_a_block, pasted, takes_a_file as takes_it_whole, with_block};
use crate::engine::Failure;
use crate::help::Help;

/// How long a file may take: whoever delivers what it came with waits for less than twice as long. Discord waits for three seconds,
/// and delivers nothing twice.
const fn patience(surface: SurfaceKind) -> Duration {
    Duration::from_secs(match surface {
        SurfaceKind::Discord => 2,
        _ => 10,
    })
}

/// What Windows writes in front of a text, in bytes.
const MARK: usize = '\u{feff}'.len_utf8();

/// How names end of files that hold rules as text, where the vendor says no type that is a text's.
const ENDINGS: [&str; 2] = [".cedar", ".txt"];

/// Why a file is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unread {
    /// There are several.
    Several(usize),
    /// There is a pasted text beside it.
    Beside,
    /// It is no text by its type.
    NoText { name: String, media: Option<String> },
    /// It has more bytes than this.
    TooLarge { name: String, most: usize },
    /// It is not UTF-8, from this line on.
    NotUtf8 { name: String, line: usize },
    /// Nothing stands in it.
    Empty { name: String },
    /// The vendor does not hand it out to the bot.
    NotHandedOut { name: String, surface: SurfaceKind },
    /// The vendor cannot say anything at this moment.
    NotNow { name: String, surface: SurfaceKind },
    /// It was read, and could not be kept.
    NotKept { name: String },
}

impl Unread {
    /// Whether it may be read a little later.
    pub(super) const fn is_for_now(&self) -> bool {
        matches!(self, Self::NotNow { .. } | Self::NotKept { .. })
    }
}

/// What was said, and the file that came with it.
pub(super) enum WithFile {
    /// What was said with the file pasted to it, where it takes one; and the file, where it takes that.
    Read(Interaction, Option<File>),
    /// This delivery came before, and this is what became of it.
    Before(Received),
    /// Why the file is not read.
    Unread(Interaction, Unread),
}

/// Whether a file is read for what is done.
pub(super) fn takes_a_file(act: &Act) -> bool {
    matches!(act, Act::Attached { text, .. } if lacks_a_block(text) || takes_it_whole(text))
}

impl Desk {
    /// What was said, with the file that came with it as far as it takes one; why the file is not read. Files that come with anything
    /// else are nothing to the bot, and so are all where nothing is answered from documents.
    pub(super) async fn with_file(
        &self,
        tenant: &Tenant,
        interaction: Interaction,
    ) -> Result<WithFile, Failure> {
        let Act::Attached { text, files } = &interaction.act else {
            return Ok(WithFile::Read(interaction, None));
        };
        let whole = self.world.help(tenant).filter(|_| takes_it_whole(text));
        let handed_out = files.iter().any(|file| file.address.is_some());
        let said = if handed_out && pasted(text).is_some() {
            Err(Unread::Beside)
        } else if whole.is_some() || lacks_a_block(text) {
            if let Some(before) = self.before(tenant, &interaction).await? {
                return Ok(WithFile::Before(before));
            }
            let surface = interaction.place.surface;
            let read = match whole {
                Some(help) => {
                    self.keep(tenant, surface, files, help).await.map(|file| (text.clone(), Some(file)))
                }
                None => self.read(tenant, surface, files).await.map(|block| (with_block(text, &block), None)),
            };
            // Meanwhile another bot may have taken the same in.
            if read.is_err()
                && let Some(before) = self.before(tenant, &interaction).await?
            {
                return Ok(WithFile::Before(before));
            }
            read
        } else {
            Ok((text.clone(), None))
        };
        Ok(match said {
            Ok((said, file)) => WithFile::Read(Interaction { act: Act::Said(said), ..interaction }, file),
            Err(unread) => WithFile::Unread(interaction, unread),
        })
    }

    /// What became of this delivery, if it came before.
    async fn before(&self, tenant: &Tenant, interaction: &Interaction) -> Result<Option<Received>, Failure> {
        let id = id_of(tenant, interaction);
        if self.stands(tenant, Record::INTERACTION, id).await? {
            super::count(tenant, interaction.place.surface.as_str().to_owned(), "repeated");
            return Ok(Some(Received::Kept(None)));
        }
        let refused = self.stands(tenant, Record::NOT_HEARD, derived_id(id, "refused")).await?;
        Ok(refused.then_some(Received::Refused(None)))
    }

    async fn stands(&self, tenant: &Tenant, category: &str, id: Uuid) -> Result<bool, Failure> {
        let stream = StreamName::new(tenant, category, &id.to_string())?;
        Ok(!self.world.store.read_stream(&stream, 0, 1).await?.is_empty())
    }

    /// Keeps that a file is not read, and says why.
    pub(super) async fn refuse_file(
        &self,
        tenant: &Tenant,
        interaction: &Interaction,
        unread: &Unread,
    ) -> Result<Received, Failure> {
        let may_be_pasted = interaction.act.words().is_some_and(lacks_a_block);
        let card = Some(Box::new(cards::file_unread(unread, may_be_pasted)));
        self.refuse(tenant, interaction, "the file with it cannot be read", card).await
    }

    async fn read(
        &self,
        tenant: &Tenant,
        surface: SurfaceKind,
        files: &[Attached],
    ) -> Result<String, Unread> {
        let [file] = files else { return Err(Unread::Several(files.len())) };
        wanted(file)?;
        let content = self.fetch(tenant, surface, file, LONGEST_BLOCK + MARK).await;
        // The mark in front of a text is none of it.
        let most = |unread| match unread {
            Unread::TooLarge { name, .. } => Unread::TooLarge { name, most: LONGEST_BLOCK },
            other => other,
        };
        text(file.name.clone(), &content.map_err(most)?)
    }

    /// Keeps a file as it is, for whoever reads documents. What is in it they find out, where that can do no harm.
    async fn keep(
        &self,
        tenant: &Tenant,
        surface: SurfaceKind,
        files: &[Attached],
        help: &Help,
    ) -> Result<File, Unread> {
        let [file] = files else { return Err(Unread::Several(files.len())) };
        let name = || file.name.clone();
        let most = usize::try_from(help.settings.most_bytes).unwrap_or(usize::MAX);
        if file.size.is_some_and(|size| size > help.settings.most_bytes) {
            return Err(Unread::TooLarge { name: name(), most });
        }
        let content = self.fetch(tenant, surface, file, most).await?;
        if content.is_empty() {
            return Err(Unread::Empty { name: name() });
        }
        let sha = help.blobs.put(&content).await.map_err(|error| {
            tracing::error!(%tenant, "a file could not be kept: {error}");
            Unread::NotKept { name: name() }
        })?;
        Ok(File { sha, name: name(), size: u64::try_from(content.len()).unwrap_or(u64::MAX) })
    }

    /// The bytes of a file, of which the vendor hands out no more than `most`.
    async fn fetch(
        &self,
        tenant: &Tenant,
        surface: SurfaceKind,
        file: &Attached,
        most: usize,
    ) -> Result<Vec<u8>, Unread> {
        let name = || file.name.clone();
        let client = self.world.talk(tenant).and_then(|talk| talk.surfaces.get(&surface));
        let Some(client) = client else { return Err(Unread::NotHandedOut { name: name(), surface }) };
        let content = self.world.waits(patience(surface), client.file(file, most)).await;
        let Ok(content) = content else {
            tracing::warn!(%tenant, "a file could not be read: it takes too long");
            return Err(Unread::NotNow { name: name(), surface });
        };
        content.map_err(|error| {
            tracing::warn!(%tenant, "a file could not be read: {error}");
            unread(&error, name(), surface, most)
        })
    }
}

/// Whether it is worth to be read, by what the vendor says of it.
fn wanted(file: &Attached) -> Result<(), Unread> {
    let name = file.name.clone();
    let lower = name.to_lowercase();
    let named_so = ENDINGS.iter().any(|ending| lower.ends_with(ending));
    let is_text = match file.media.as_deref().map(|media| media.split(';').next().unwrap_or(media).trim()) {
        None | Some("application/octet-stream" | "") => named_so,
        Some(media) => media.starts_with("text/"),
    };
    // Of a file that is not handed out nothing may be known.
    if !is_text && file.address.is_some() {
        return Err(Unread::NoText { name, media: file.media.clone() });
    }
    match file.size {
        Some(size) if size > (LONGEST_BLOCK + MARK) as u64 => {
            Err(Unread::TooLarge { name, most: LONGEST_BLOCK })
        }
        _ => Ok(()),
    }
}

/// What of a call that failed is for people.
fn unread(error: &CallError, name: String, surface: SurfaceKind, most: usize) -> Unread {
    match error.kind {
        CallErrorKind::Rejected if is_too_large(error) => Unread::TooLarge { name, most },
        CallErrorKind::Rejected | CallErrorKind::Refused(_) | CallErrorKind::Barred => {
            Unread::NotHandedOut { name, surface }
        }
        CallErrorKind::NotDone { .. } | CallErrorKind::Unknown => Unread::NotNow { name, surface },
    }
}

/// Whether there was more to be read than was wanted: the status says that the file is there.
fn is_too_large(error: &CallError) -> bool {
    error.status == Some(200)
}

/// The content as a text.
fn text(name: String, content: &[u8]) -> Result<String, Unread> {
    let text = std::str::from_utf8(content).map_err(|error| {
        let good = &content[..error.valid_up_to()];
        Unread::NotUtf8 { name: name.clone(), line: good.split(|byte| *byte == b'\n').count() }
    })?;
    let text = text.trim_start_matches('\u{feff}');
    match text.len() {
        _ if text.trim().is_empty() => Err(Unread::Empty { name }),
        length if length > LONGEST_BLOCK => Err(Unread::TooLarge { name, most: LONGEST_BLOCK }),
        _ => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, media: Option<&str>, size: Option<u64>) -> Attached {
        let (name, media) = (name.to_owned(), media.map(str::to_owned));
        Attached { name, media, size, address: Some("https://files.example.com/f".to_owned()) }
    }

    #[test]
    fn only_what_can_be_a_text_is_fetched_at_all() {
        for (name, media) in [
            ("rules.cedar", None),
            ("Rules.CEDAR", Some("application/octet-stream")),
            ("rules.txt", Some("text/plain; charset=utf-8")),
            ("rules", Some("text/plain")),
        ] {
            assert_eq!(wanted(&file(name, media, Some(65_536))), Ok(()), "{name} {media:?}");
        }
        for (name, media) in [
            ("rules", None),
            ("rules.pdf", None),
            ("rules.cedar", Some("image/png")),
            ("rules.zip", Some("application/octet-stream")),
            ("rules.cedar", Some("application/pdf")),
        ] {
            let refused = wanted(&file(name, media, None));
            assert!(matches!(refused, Err(Unread::NoText { .. })), "{name} {media:?}: {refused:?}");
        }
        let large = wanted(&file("rules.cedar", None, Some(65_540)));
        assert!(matches!(large, Err(Unread::TooLarge { .. })), "{large:?}");
    }

    #[test]
    fn a_text_is_utf8_and_not_empty() {
        let read = |content: &[u8]| text("rules.cedar".to_owned(), content);
        assert_eq!(read(b"\xef\xbb\xbfpermit;\r\n").as_deref(), Ok("permit;\r\n"));
        assert!(matches!(read(b"a\nb\n\xff"), Err(Unread::NotUtf8 { line: 3, .. })));
        assert!(
            matches!(read(b"\xff\xfea\0"), Err(Unread::NotUtf8 { line: 1, .. })),
            "as Windows may write it"
        );
        assert!(matches!(read(b" \n\n"), Err(Unread::Empty { .. })));
        let largest = "x".repeat(LONGEST_BLOCK);
        assert_eq!(read(format!("\u{feff}{largest}").as_bytes()).as_deref(), Ok(largest.as_str()));
        assert!(matches!(read(format!("{largest}x").as_bytes()), Err(Unread::TooLarge { .. })));
    }
}
