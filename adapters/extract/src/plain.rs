//! Plain text: it is what it is.

use countersign_domain::ports::Unreadable;

use crate::text::Text;

pub(crate) fn read(source: &str, text: &mut Text) -> Result<(), Unreadable> {
    text.verbatim(source, false)
}
