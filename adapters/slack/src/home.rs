//! The Home tab: what waits for somebody, what they asked for, and what they hold (<https://docs.slack.dev/surfaces/app-home>).

use countersign_domain::card::Card;
use slack_morphism::prelude::{
    SlackActionId, SlackActionsBlock, SlackBlock, SlackBlockButtonElement, SlackBlockButtonStyle,
    SlackBlockPlainText, SlackContextBlock, SlackDividerBlock, SlackHeaderBlock, SlackHomeView,
    SlackSectionBlock, SlackView,
};

use crate::card::{self, cut};
use crate::form::OPEN_FORM;

/// How many blocks a view has.
const BLOCKS: usize = 100;
/// How many blocks a card takes at most, with the line beneath it.
const CARD: usize = 4;
/// A text in a section or a context block.
const TEXT: usize = 2_000;

/// One heading of the Home tab.
#[derive(Debug, Clone, Copy)]
pub struct HomeSection<'a> {
    /// The heading.
    pub title: &'a str,
    /// What stands under it.
    pub cards: &'a [Card],
    /// What stands there when there is nothing: what to do next.
    pub empty: &'a str,
}

/// The Home tab. Where there is more than Slack shows, it says so. The cards' buttons hold opaque references.
pub fn home(sections: &[HomeSection<'_>]) -> SlackView {
    let ask = SlackBlockButtonElement::new(plain("Ask for access").into())
        .with_action_id(SlackActionId(OPEN_FORM.to_owned()))
        .with_style(SlackBlockButtonStyle::Primary);
    let mut blocks: Vec<SlackBlock> = vec![SlackActionsBlock::new(vec![ask.into()]).into()];
    for (place, section) in sections.iter().enumerate() {
        // Every section that is to come needs its heading and one line.
        let reserved = 2 * (sections.len() - place - 1);
        under(section, BLOCKS.saturating_sub(blocks.len() + reserved), &mut blocks);
    }
    blocks.truncate(BLOCKS);
    SlackView::Home(SlackHomeView::new(blocks))
}

/// A section in so many blocks.
fn under(section: &HomeSection<'_>, room: usize, blocks: &mut Vec<SlackBlock>) {
    if room < 2 {
        return;
    }
    blocks.push(SlackHeaderBlock::new(plain(&cut(section.title, 150)).into()).into());
    if section.cards.is_empty() {
        blocks.push(note(section.empty));
        return;
    }
    let shown = section.cards.len().min((room - 2) / CARD);
    for card in &section.cards[..shown] {
        let content = card::message(card, |button| button.say.clone());
        let parts = content.blocks.unwrap_or_default().into_iter().map(|block| match block {
            // A card's own heading is smaller than the section's.
            SlackBlock::Header(_) => {
                SlackSectionBlock::new().with_text(plain(&cut(&card.title, TEXT)).into()).into()
            }
            other => other,
        });
        blocks.extend(parts);
        blocks.push(SlackDividerBlock::new().into());
    }
    if shown < section.cards.len() {
        blocks.push(note(&format!("And {} more.", section.cards.len() - shown)));
    }
}

fn note(text: &str) -> SlackBlock {
    let text = if text.is_empty() { "Nothing." } else { text };
    SlackContextBlock::new(vec![plain(&cut(text, TEXT)).into()]).into()
}

fn plain(text: &str) -> SlackBlockPlainText {
    // A text object is never empty.
    SlackBlockPlainText::new(if text.is_empty() { "–".to_owned() } else { text.to_owned() }).with_emoji(false)
}

#[cfg(test)]
mod tests {
    use countersign_domain::card::samples;
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn blocks(sections: &[HomeSection<'_>]) -> Vec<Value> {
        let view = serde_json::to_value(home(sections)).unwrap();
        assert_eq!(view["type"], "home");
        view["blocks"].as_array().unwrap().clone()
    }

    #[test]
    fn a_home_with_one_request_and_nothing_else() {
        let card = samples().into_iter().find(|(name, _)| *name == "request_waiting").unwrap().1;
        let sections = [
            HomeSection { title: "Waiting for you", cards: &[card], empty: "" },
            HomeSection { title: "Your requests", cards: &[], empty: "You have asked for nothing yet." },
        ];
        let lines: Vec<String> = blocks(&sections).iter().map(ToString::to_string).collect();
        insta::assert_snapshot!("home", lines.join("\n"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn however_much_there_is_it_fits_and_every_section_is_there(counts in prop::collection::vec(0..60_usize, 0..6)) {
            let card = samples().swap_remove(0).1;
            let cards: Vec<Vec<Card>> = counts.iter().map(|count| vec![card.clone(); *count]).collect();
            let sections: Vec<HomeSection<'_>> =
                cards.iter().map(|cards| HomeSection { title: "Section", cards, empty: "Nothing here." }).collect();
            let blocks = blocks(&sections);
            prop_assert!(blocks.len() <= 100);
            let headers = blocks.iter().filter(|block| block["type"] == "header").count();
            prop_assert_eq!(headers, counts.len());
            let left_out = counts.iter().sum::<usize>() - blocks.iter().filter(|block| block["type"] == "divider").count();
            let said = blocks.iter().filter_map(|block| block["elements"][0]["text"].as_str());
            let said = said.filter_map(|text| text.strip_prefix("And ")?.strip_suffix(" more.")?.parse::<usize>().ok());
            prop_assert_eq!(said.sum::<usize>(), left_out);
        }
    }
}
