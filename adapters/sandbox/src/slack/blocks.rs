//! What Slack takes as blocks, as far as its documentation gives numbers
//! (<https://docs.slack.dev/reference/block-kit/blocks>).

use serde_json::Value;

/// What is wrong with the blocks of a message.
pub(super) fn message(blocks: &[Value]) -> Result<(), &'static str> {
    if blocks.len() > 50 || !blocks.iter().all(|block| is_block(block, false)) {
        return Err("invalid_blocks");
    }
    Ok(())
}

/// What is wrong with a form or a Home tab.
pub(super) fn view(view: &Value) -> Result<(), &'static str> {
    let blocks = view["blocks"].as_array().ok_or("invalid_arguments")?;
    let modal = view["type"] == "modal";
    let titled = length(&view["title"]["text"]) <= 24 && view["title"]["type"] == "plain_text";
    let needs_submit = blocks.iter().any(|block| block["type"] == "input");
    let fits = blocks.len() <= 100
        && blocks.iter().all(|block| is_block(block, true))
        && (modal && titled && (!needs_submit || view["submit"].is_object()) || view["type"] == "home")
        && length(&view["private_metadata"]) <= 3_000
        && length(&view["callback_id"]) <= 255;
    if fits { Ok(()) } else { Err("invalid_arguments") }
}

fn is_block(block: &Value, in_view: bool) -> bool {
    let elements = block["elements"].as_array();
    let own = match block["type"].as_str() {
        Some("header") => is_text(&block["text"], 150) && block["text"]["type"] == "plain_text",
        Some("section") => {
            let fields = block["fields"].as_array();
            let fields =
                fields.is_none_or(|all| all.len() <= 10 && all.iter().all(|text| is_text(text, 2_000)));
            fields
                && (block["text"].is_null() && block["fields"].is_array() || is_text(&block["text"], 3_000))
        }
        Some("context") => elements.is_some_and(|all| (1..=10).contains(&all.len())),
        Some("actions") => elements.is_some_and(|all| {
            (1..=25).contains(&all.len()) && all.iter().all(is_element) && are_unique(all)
        }),
        Some("input") => in_view && is_text(&block["label"], 2_000) && is_element(&block["element"]),
        Some("rich_text") => elements.is_some_and(|all| !all.is_empty()),
        Some("divider" | "image" | "markdown" | "video" | "table") => true,
        _ => false,
    };
    own && length(&block["block_id"]) <= 255
}

fn is_element(element: &Value) -> bool {
    let choice =
        |choice: &Value| is_text(&choice["text"], 75) && (1..=150).contains(&length(&choice["value"]));
    let own = match element["type"].as_str() {
        Some("button") => is_text(&element["text"], 75) && length(&element["value"]) <= 2_000,
        Some("static_select") => {
            element["options"]
                .as_array()
                .is_some_and(|all| (1..=100).contains(&all.len()) && all.iter().all(choice))
                && (element["initial_option"].is_null()
                    || element["options"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .any(|one| *one == element["initial_option"]))
        }
        Some("external_select") => element["initial_option"].is_null() || choice(&element["initial_option"]),
        Some("plain_text_input") => {
            let most = element["max_length"].as_u64().unwrap_or(3_000);
            most <= 3_000 && length(&element["initial_value"]) as u64 <= most
        }
        Some(_) => true,
        None => false,
    };
    own && length(&element["action_id"]) <= 255
        && (element["placeholder"].is_null() || is_text(&element["placeholder"], 150))
}

fn are_unique(elements: &[Value]) -> bool {
    let mut ids: Vec<&str> = elements.iter().filter_map(|element| element["action_id"].as_str()).collect();
    let before = ids.len();
    ids.sort_unstable();
    ids.dedup();
    ids.len() == before
}

fn is_text(text: &Value, most: usize) -> bool {
    matches!(text["type"].as_str(), Some("plain_text" | "mrkdwn"))
        && (1..=most).contains(&length(&text["text"]))
}

fn length(value: &Value) -> usize {
    value.as_str().unwrap_or_default().chars().count()
}
