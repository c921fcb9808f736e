//! Markdown: what a page made of it shows. So a tag in it hides what it hides, and what is only a note to its author is not there.

use countersign_domain::ports::Unreadable;
use pulldown_cmark::{Options, Parser};

use crate::html;
use crate::text::Text;

pub(crate) fn read(source: &str, text: &mut Text) -> Result<(), Unreadable> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut page = String::new();
    pulldown_cmark::html::push_html(&mut page, Parser::new_ext(source, options));
    html::read(&page, text)
}
