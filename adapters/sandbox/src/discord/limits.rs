//! What Discord's published contract refuses of a message, a form and a list of suggestions
//! (<https://github.com/discord/discord-api-spec>, <https://discord.com/developers/docs/components/reference>). A miniature that
//! takes more than the vendor hides a card that nobody would see.

use serde_json::Value;

use super::shapes::Refused;

/// A message's embeds, and all of their text together.
const EMBEDS: usize = 10;
const EMBED: usize = 6_000;
/// A message's rows, and a row's buttons.
const ROWS: usize = 5;
const ROW: usize = 5;
/// What a button or a form sends back.
const ID: usize = 100;

type Fits = Result<(), Refused>;

/// Whether a message may look like this.
pub(super) fn message(content: &str, embeds: &[Value], components: &[Value]) -> Fits {
    at_most("content", content.chars().count(), 2_000)?;
    counted("embeds", embeds.len(), 0..=EMBEDS)?;
    let sizes: Vec<usize> = embeds.iter().map(embed).collect::<Result<_, _>>()?;
    if sizes.iter().sum::<usize>() > EMBED {
        let words = "Embed size exceeds maximum size of 6000";
        return Err(Refused::form("embeds", "MAX_EMBED_SIZE_EXCEEDED", words));
    }
    counted("components", components.len(), 0..=ROWS)?;
    components.iter().try_for_each(row)?;
    let ids = components.iter().flat_map(|row| array(&row["components"]));
    once(ids.filter_map(|button| button["custom_id"].as_str()))
}

/// How much text an embed holds.
fn embed(embed: &Value) -> Result<usize, Refused> {
    let mut all = 0;
    for (place, most) in
        [("/title", 256), ("/description", 4_096), ("/author/name", 256), ("/footer/text", 2_048)]
    {
        let length = embed.pointer(place).map_or(0, length);
        at_most(&format!("embeds{}", place.replace('/', ".")), length, most)?;
        all += length;
    }
    at_most("embeds.url", length(&embed["url"]), 2_048)?;
    let fields: Vec<&Value> = array(&embed["fields"]).collect();
    counted("embeds.fields", fields.len(), 0..=25)?;
    for field in fields {
        for (name, most) in [("name", 256), ("value", 1_024)] {
            let place = format!("embeds.fields.{name}");
            if field[name].as_str().is_none_or(|text| text.trim().is_empty()) {
                return Err(Refused::form(&place, "BASE_TYPE_REQUIRED", "This field is required"));
            }
            at_most(&place, length(&field[name]), most)?;
            all += length(&field[name]);
        }
    }
    Ok(all)
}

/// A row of buttons.
fn row(row: &Value) -> Fits {
    if row["type"] != 1 {
        return Err(choices("components.type"));
    }
    let buttons: Vec<&Value> = array(&row["components"]).collect();
    counted("components.components", buttons.len(), 1..=ROW)?;
    buttons.into_iter().try_for_each(button)
}

/// A button leads to an address, or sends something back; and shows something.
fn button(button: &Value) -> Fits {
    let style = button["style"].as_u64().unwrap_or_default();
    if button["type"] != 2 || !(1..=6).contains(&style) {
        return Err(choices("components.style"));
    }
    at_most("components.label", length(&button["label"]), 80)?;
    let shows = length(&button["label"]) > 0 || button["emoji"].is_object();
    let required = |place| Refused::form(place, "BASE_TYPE_REQUIRED", "This field is required");
    match style {
        5 => {
            at_most("components.url", length(&button["url"]), 512)?;
            if length(&button["url"]) == 0 || !shows { Err(required("components.url")) } else { Ok(()) }
        }
        6 => Ok(()),
        _ if !shows => Err(required("components.label")),
        _ => counted("components.custom_id", length(&button["custom_id"]), 1..=ID),
    }
}

/// Whether a form may look like this.
pub(super) fn form(form: &Value) -> Fits {
    counted("data.custom_id", length(&form["custom_id"]), 1..=ID)?;
    counted("data.title", length(&form["title"]), 1..=45)?;
    let rows: Vec<&Value> = array(&form["components"]).collect();
    counted("data.components", rows.len(), 1..=ROWS)?;
    for row in &rows {
        let inputs: Vec<&Value> = array(&row["components"]).collect();
        // A row of a form holds one text.
        counted("data.components.components", inputs.len(), 1..=1)?;
        inputs.into_iter().try_for_each(input)?;
    }
    once(rows.iter().filter_map(|row| row["components"][0]["custom_id"].as_str()))
}

fn input(input: &Value) -> Fits {
    if input["type"] != 4 || !matches!(input["style"].as_u64(), Some(1 | 2)) {
        return Err(choices("data.components.style"));
    }
    counted("data.components.custom_id", length(&input["custom_id"]), 1..=ID)?;
    counted("data.components.label", length(&input["label"]), 1..=45)?;
    at_most("data.components.placeholder", length(&input["placeholder"]), 100)?;
    at_most("data.components.value", length(&input["value"]), 4_000)?;
    let (least, most) = bounds(input);
    if least > 4_000 || !(1..=4_000).contains(&most) || least > most {
        return Err(choices("data.components.max_length"));
    }
    Ok(())
}

/// Whether somebody can send a form with this in one of its inputs.
pub(super) fn filled(input: &Value, value: &str) -> Fits {
    let (least, most) = bounds(input);
    let (length, required) = (value.chars().count(), input["required"].as_bool().unwrap_or(true));
    let enough = if length == 0 { !required } else { length >= least };
    if enough && length <= most {
        return Ok(());
    }
    let id = input["custom_id"].as_str().unwrap_or_default();
    Err(Refused::form(id, "BASE_TYPE_BAD_LENGTH", &format!("Must be between {least} and {most} in length.")))
}

fn bounds(input: &Value) -> (usize, usize) {
    let number = |name: &str, otherwise| {
        input[name].as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(otherwise)
    };
    (number("min_length", 0), number("max_length", 4_000))
}

/// Whether these may be suggested.
pub(super) fn suggestions(list: &Value) -> Fits {
    let Some(all) = list.as_array() else { return Err(choices("data.choices")) };
    counted("data.choices", all.len(), 0..=25)?;
    for choice in all {
        counted("data.choices.name", length(&choice["name"]), 1..=100)?;
        at_most("data.choices.value", length(&choice["value"]), 6_000)?;
    }
    Ok(())
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// As Discord's servers count: code points.
fn length(text: &Value) -> usize {
    text.as_str().unwrap_or_default().chars().count()
}

fn at_most(place: &str, length: usize, most: usize) -> Fits {
    if length <= most {
        return Ok(());
    }
    Err(Refused::form(place, "BASE_TYPE_MAX_LENGTH", &format!("Must be {most} or fewer in length.")))
}

fn counted(place: &str, count: usize, fits: std::ops::RangeInclusive<usize>) -> Fits {
    if fits.contains(&count) {
        return Ok(());
    }
    let words = format!("Must be between {} and {} in length.", fits.start(), fits.end());
    Err(Refused::form(place, "BASE_TYPE_BAD_LENGTH", &words))
}

fn choices(place: &str) -> Refused {
    Refused::form(place, "BASE_TYPE_CHOICES", "This is none of the values that are allowed here.")
}

fn once<'a>(ids: impl Iterator<Item = &'a str>) -> Fits {
    let mut seen = std::collections::BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            let words = "Component custom id cannot be duplicated";
            return Err(Refused::form("components", "COMPONENT_CUSTOM_ID_DUPLICATED", words));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn long(length: usize) -> String {
        "é".repeat(length)
    }

    fn button(id: usize) -> Value {
        json!({"type": 2, "style": 1, "label": "Approve", "custom_id": format!("{id}")})
    }

    fn with(mut value: Value, place: &str, other: Value) -> Value {
        *value.pointer_mut(place).unwrap() = other;
        value
    }

    #[test]
    fn trust_e4_a_message_that_discord_would_refuse_is_refused() {
        let row = |from: usize, many: usize| json!({"type": 1, "components": (from..from + many).map(button).collect::<Vec<_>>()});
        let embed = |name: usize, value: usize| json!({"title": long(256), "description": long(4_000), "fields": [{"name": long(name), "value": long(value)}]});
        let shown = |embeds: &[Value], rows: &[Value]| message("x", embeds, rows).is_ok();
        assert!(shown(&[embed(256, 1_024)], &[row(0, 5), row(5, 5)]));
        for (name, value) in [(0, 1), (1, 0), (257, 1), (1, 1_025)] {
            assert!(!shown(&[embed(name, value)], &[]), "a field of {name} and {value}");
        }
        assert!(
            shown(&vec![json!({"title": "x"}); 10], &[]) && !shown(&vec![json!({"title": "x"}); 11], &[])
        );
        assert!(!shown(&[embed(256, 1_024), embed(256, 1_024)], &[]), "more than 6,000 in all");
        assert!(
            !shown(&[json!({"title": long(257)})], &[])
                && !shown(&[json!({"description": long(4_097)})], &[])
        );
        assert!(!shown(&[json!({"fields": vec![json!({"name": "x", "value": "x"}); 26]})], &[]));
        assert!(!shown(&[], &[row(0, 6)]), "six buttons in a row");
        assert!(!shown(&[], &[row(0, 0)]), "no button in a row");
        let rows: Vec<Value> = (0..6).map(|number| row(number * 5, 5)).collect();
        assert!(shown(&[], &rows[..5]) && !shown(&[], &rows), "six rows");
        let one = row(0, 1);
        for (place, other) in [
            ("/components/0/label", json!(long(81))),
            ("/components/0/label", json!("")),
            ("/components/0/custom_id", json!(long(101))),
            ("/components/0/custom_id", json!("")),
            ("/components/0/style", json!(7)),
            ("/type", json!(17)),
        ] {
            assert!(!shown(&[], &[with(one.clone(), place, other.clone())]), "{place} {other}");
        }
        assert!(shown(&[], &[with(one, "/components/0/label", json!(long(80)))]));
        assert!(!shown(&[], &[row(0, 1), row(0, 1)]), "the same button twice");
    }

    #[test]
    fn trust_e4_a_form_that_discord_would_refuse_is_refused() {
        let input = json!({"type": 4, "style": 2, "custom_id": "reason", "label": "Why?", "max_length": 500, "required": false});
        let good = json!({"custom_id": "why:x", "title": "Deny it", "components": [{"type": 1, "components": [input]}]});
        assert!(form(&good).is_ok());
        let first = "/components/0/components/0";
        for (place, other) in [
            ("/title".to_owned(), json!(long(46))),
            ("/custom_id".to_owned(), json!(long(101))),
            (format!("{first}/label"), json!(long(46))),
            (format!("{first}/label"), json!("")),
            (format!("{first}/max_length"), json!(4_001)),
            (format!("{first}/style"), json!(3)),
        ] {
            assert!(form(&with(good.clone(), &place, other.clone())).is_err(), "{place} {other}");
        }
        let input = &good["components"][0]["components"][0];
        assert!(
            filled(input, "").is_ok()
                && filled(input, &long(500)).is_ok()
                && filled(input, &long(501)).is_err()
        );
        assert!(
            filled(&json!({"custom_id": "x"}), "").is_err(),
            "an input is required unless it says otherwise"
        );
        assert!(suggestions(&json!([{"name": long(101), "value": "x"}])).is_err());
        assert!(suggestions(&json!(vec![json!({"name": "x", "value": "x"}); 26])).is_err());
    }
}
