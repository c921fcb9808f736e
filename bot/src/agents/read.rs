//! An agent as somebody writes it, read strictly: TOML, or JSON.

use countersign_domain::agents::{Definition, Fault};
use countersign_domain::words::flat;

/// So much is said of what cannot be read, in characters.
const SAID: usize = 300;

/// The agent that stands in a text.
pub(super) fn read(text: &str) -> Result<Definition, Fault> {
    let unread = |why: String| Fault::UnreadDefinition { why: flat(&why).chars().take(SAID).collect() };
    let mut definition: Definition = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| unread(error.to_string()))?
    } else {
        toml::from_str(text).map_err(|error| unread(error.to_string()))?
    };
    tidy(&mut definition);
    Ok(definition)
}

/// Lines end with a line feed alone, and nothing stands behind the last one, wherever it was pasted.
pub(super) fn tidy(definition: &mut Definition) {
    definition.name = definition.name.trim().to_owned();
    let lines = definition.instruction.replace("\r\n", "\n").replace('\r', "\n");
    lines.trim().clone_into(&mut definition.instruction);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_read_from_toml_and_from_json_and_is_the_same() {
        let toml = "name = \"travel\"\ninstruction = \"\"\"\nAnswer.\r\nCite.\n\"\"\"\ntools = [\"access\"]\n[limits]\npassages = 3\n\
                    [[guardrail]]\nname = \"pay\"\nphrases = [\"salary\"]\n";
        let json = r#"{ "name": "travel", "instruction": "Answer.\nCite.", "tools": ["access"], "limits": { "passages": 3 },
                       "guardrail": [{ "name": "pay", "phrases": ["salary"] }] }"#;
        let from_toml = read(toml).expect("it is TOML");
        assert_eq!(Ok(&from_toml), read(json).as_ref());
        assert_eq!(from_toml.instruction, "Answer.\nCite.");
    }

    #[test]
    fn what_is_misspelt_is_named() {
        for text in
            ["name = \"travel\"\ninstructon = \"x\"", "{ \"name\": \"travel\", \"instructon\": \"x\" }"]
        {
            let Err(Fault::UnreadDefinition { why }) = read(text) else { panic!("{text}") };
            assert!(why.contains("instructon"), "{why}");
        }
    }
}
