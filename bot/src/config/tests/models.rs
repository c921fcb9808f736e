//! The models of a help desk in the configuration: one behind the other, what each takes, and what is at Amazon Bedrock.

use super::help::with;
use crate::config::ModelConfig;

const SEVERAL: &str = r#"
[tenants.acme.help]
person = { turns = 10, micros = 500000 }
by_agent = { micros = 20000000 }
prices = { large = { read = 2500, written = 10000 }, small = { read = 150, written = 600 } }

[tenants.acme.help.model]
kind = "openai"
url = "http://127.0.0.1:8000/v1"
token_secret = "acme-model"
server = { model = "large" }

[[tenants.acme.help.fallbacks]]
kind = "openai"
url = "http://127.0.0.1:8001/v1"
token_secret = "acme-small"
server = { model = "small", tools = false }

[[tenants.acme.help.fallbacks]]
kind = "embedded"
"#;

#[test]
fn models_stand_one_behind_the_other_and_each_has_its_secret() {
    let config = with(SEVERAL).unwrap_or_else(|said| panic!("{said}"));
    let acme = &config.tenants[&"acme".parse().unwrap()];
    let help = acme.help.as_ref().unwrap();
    assert_eq!((help.fallbacks.len(), &help.fallbacks[1]), (2, &ModelConfig::Embedded {}));
    assert_eq!((help.by_agent.micros, help.prices["small"].written), (Some(20_000_000), 600));
    let secrets = acme.secrets();
    for named in [("help.model.token_secret", "acme-model"), ("help.fallbacks.token_secret", "acme-small")] {
        assert!(secrets.contains(&named), "{secrets:?}");
    }
    assert_eq!(super::load(&config.render(), &[]).unwrap(), config);
}

#[test]
fn what_does_not_fit_of_several_models_is_told() {
    let embedded = "[[tenants.acme.help.fallbacks]]\nkind = \"embedded\"\n";
    for (right, wrong, said) in [
        (
            "small = { read = 150, written = 600 }",
            "smal = { read = 1, written = 1 }",
            "nobody says what `small` takes",
        ),
        ("http://127.0.0.1:8001", "http://models.example", "acme.help.fallbacks: "),
        ("\"acme-small\"", "\"sk-123 456\"", "no secret's name"),
        (embedded, &embedded.repeat(3), "write 3 at most"),
    ] {
        assert!(SEVERAL.contains(right), "{right}");
        let told = with(&SEVERAL.replace(right, wrong)).expect_err(wrong);
        assert!(told.contains(said), "{wrong}: {told}");
    }
    let unlimited = SEVERAL.replace(", micros = 500000", "").replace("micros = 20000000", "");
    let unpriced = unlimited.replace(", small = { read = 150, written = 600 }", "");
    with(&unpriced).unwrap_or_else(|said| panic!("what is not limited needs no price: {said}"));
}

#[cfg(not(feature = "bedrock"))]
#[test]
fn a_program_without_bedrock_says_so_where_it_is_wanted_and_how_to_have_it() {
    let told = with("[tenants.acme.help.bedrock]\naccess = { region = \"eu-central-1\" }\n")
        .expect_err("it is not there");
    assert!(told.contains("acme.help.bedrock: this program was built without Amazon Bedrock"), "{told}");
    assert!(told.contains("--features bedrock") && told.contains("leave this table out"), "{told}");
    assert_eq!(told.lines().count(), 2, "and nothing else: {told}");
}

#[cfg(feature = "bedrock")]
mod bedrock {
    use super::*;

    const ALL: &str = r#"
[tenants.acme.help]
everybody = { micros = 90000000 }
prices = { "AGENT00001@TSTALIASID" = { read = 3000, written = 15000 }, "eu.amazon.nova-lite-v1:0" = { read = 60, written = 240 } }

[tenants.acme.help.bedrock.access]
region = "eu-central-1"
endpoint = "https://bedrock.acme.example"
key = { id_secret = "acme-aws-id", key_secret = "acme-aws-key" }
role = { arn = "arn:aws:iam::123456789012:role/desk", external_id = "acme-7" }

[tenants.acme.help.bedrock.agent]
agent = "AGENT00001"
alias = "TSTALIASID"
attributes = { desk = "it" }

[tenants.acme.help.bedrock.fallback]
model = "eu.amazon.nova-lite-v1:0"
tools = true

[tenants.acme.help.bedrock.guardrail]
id = "abc123"
version = "3"

[tenants.acme.help.bedrock.knowledge]
knowledge_base = "KB00000001"
folder = "knowledge"
"#;

    #[test]
    fn everything_that_can_be_said_of_it_is_read_and_written_as_the_same() {
        let config = with(ALL).unwrap_or_else(|said| panic!("{said}"));
        let acme = &config.tenants[&"acme".parse().unwrap()];
        let bedrock = acme.help.as_ref().unwrap().bedrock.as_ref().unwrap();
        assert!(bedrock.agent.as_ref().unwrap().trace, "what it takes is known without asking for it");
        assert!(acme.secrets().contains(&("help.bedrock.access.key.key_secret", "acme-aws-key")));
        assert_eq!(super::super::load(&config.render(), &[]).unwrap(), config);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let nothing = "[tenants.acme.help.bedrock]\naccess = { region = \"eu-central-1\" }\n";
        assert!(with(nothing).expect_err("nothing").contains("nothing of it is used"));
        for (right, wrong, said) in [
            ("\"eu-central-1\"", "\"Frankfurt\"", "`access.region` does not fit"),
            ("https://bedrock.acme", "http://bedrock.acme", "would send credentials unencrypted"),
            ("\"acme-aws-key\"", "\"wJalr XUtn/FEMI\"", "no secret's name"),
            ("arn:aws:iam::123456789012:role/desk", "desk", "`access.role.arn` does not fit"),
            ("key = {", "profile = \"acme\"\nkey = {", "both say as whom"),
            ("\"AGENT00001\"\n", "\"the agent\"\n", "`agent.agent` does not fit"),
            ("bedrock.fallback]", "bedrock.model]", "`model` and `agent` both answer"),
            ("\"eu.amazon.nova-lite-v1:0\"\ntools", "\"nova lite\"\ntools", "`fallback.model` does not fit"),
            ("version = \"3\"", "version = \"latest\"", "`guardrail.version` does not fit"),
            ("\"KB00000001\"", "\"KB1\"", "`knowledge.knowledge_base` does not fit"),
            (
                "\"AGENT00001@TSTALIASID\" =",
                "\"another\" =",
                "nobody says what `AGENT00001@TSTALIASID` takes",
            ),
            ("attributes =", "atributes =", "atributes"),
        ] {
            assert!(ALL.contains(right), "{right}");
            let told = with(&ALL.replace(right, wrong)).expect_err(wrong);
            assert!(told.contains(said), "{wrong}: {told}");
        }
    }
}
