//! The company's model by four files: checked by the line, swapped while it runs, asked behind a cookie.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use crate::support::{Heard, Never, Shared, outbound, sandbox, secrets, shared, step, tenant};
use countersign_domain::ports::{Ended, Model as _, ModelFaultKind};
use countersign_models::{CompanyLlm, FileFault, Reloaded};
use countersign_sandbox::models::{ModelsSandbox, Reply, Said, Trouble};
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder of four good files for a server, whose answers come so.
fn folder(url: &str, response: &Value) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, value: &Value| {
        std::fs::write(folder.path().join(name), serde_json::to_string_pretty(value).unwrap()).unwrap();
    };
    write(
        "config.json",
        &json!({"model": "house-7b", "endpoint": {"url": url}, "parameters": {"heat": 0.2}, "response": response}),
    );
    write("header.json", &json!({"Cookie": "{{secret:llm-cookie}}", "X-Client": "countersign"}));
    write(
        "payload.json",
        &json!({"chat": {"model": "{{model}}", "q": "{{prompt}}", "history": "{{messages}}", "sys": "{{system}}",
            "heat": "{{parameters.heat}}", "max": "{{most_tokens}}", "style": "As {{system_prompts.desk}}."}}),
    );
    write(
        "prompts.json",
        &json!({"system_instructions": "House rules.", "system_prompts": {"desk": "a help desk"}}),
    );
    folder
}

fn whole() -> Value {
    json!({"kind": "whole", "text": "/result/answer", "error": "/fault"})
}

fn in_lines(kind: &str) -> Value {
    json!({"kind": kind, "text": "/token/text", "calls": "/wants", "done": {"at": "/final", "is": true},
        "error": "/fault", "read_tokens": "/usage/in", "written_tokens": "/usage/out"})
}

fn url(sandbox: &ModelsSandbox, kind: &str) -> String {
    format!("{}?as={kind}", sandbox.company_url())
}

fn open(folder: &Path) -> Result<CompanyLlm, Vec<FileFault>> {
    CompanyLlm::open(folder.to_owned(), outbound(), tenant(), secrets())
}

#[tokio::test]
async fn it_is_asked_as_the_files_say() {
    let sandbox = sandbox().await;
    for (kind, response) in [("whole", whole()), ("sse", in_lines("sse")), ("ndjson", in_lines("ndjson"))] {
        let folder = folder(&url(&sandbox, kind), &response);
        let llm = open(folder.path()).unwrap();
        sandbox.will_say(Reply::text(&["Ask ", "IT."])).unwrap();
        let said = "he said \"hi\"}, {{secret:llm-cookie}}\n";
        let done = llm.model().step(&step(said), &mut (), &Never).await.unwrap();
        assert_eq!((done.text.as_str(), done.why), ("Ask IT.", Ended::Said), "{kind}");
        let asked = sandbox.calls().pop().unwrap().body.unwrap();
        assert_eq!((&asked["q"], &asked["heat"], &asked["max"]), (&json!(said), &json!(0.2), &json!(200)));
        assert_eq!(asked["history"][0]["content"], said);
        assert_eq!(asked["style"], "As a help desk.");
        assert!(asked["sys"].as_str().unwrap().starts_with("House rules.\n\nBe kind."));
    }
}

#[tokio::test]
async fn answers_are_read_where_the_files_say() {
    let sandbox = sandbox().await;
    let growing = json!({"kind": "ndjson", "text": "/text", "grows": true});
    let grows = folder(&url(&sandbox, "growing"), &growing);
    sandbox.will_say(Reply::text(&["Nä", "her"])).unwrap();
    let mut heard = Heard::default();
    let done = open(grows.path()).unwrap().model().step(&step("how?"), &mut heard, &Never).await.unwrap();
    assert_eq!((done.text.as_str(), heard.texts()), ("Näher", vec!["Nä", "her"]));

    let lines = folder(&url(&sandbox, "ndjson"), &in_lines("ndjson"));
    let model = open(lines.path()).unwrap().model();
    let call = Said::Call {
        index: 0,
        id: None,
        name: Some("open_ticket".to_owned()),
        arguments: "{\"a\":1}".to_owned(),
    };
    sandbox.will_say(Reply { says: vec![call], ..Reply::default() }).unwrap();
    let done = model.step(&step("how?"), &mut (), &Never).await.unwrap();
    assert_eq!((done.why, &done.calls[0].arguments), (Ended::Calls, &json!({"a": 1})));
    assert_eq!((done.usage.read, done.usage.said), (5, true));

    let broken = Said::Event(json!({"fault": {"code": "server_busy", "text": "how?"}}));
    sandbox.will_say(Reply { says: vec![broken], ..Reply::default() }).unwrap();
    let error = model.step(&step("how?"), &mut (), &Never).await.unwrap_err();
    assert_eq!(error.kind, ModelFaultKind::Overloaded { after: None });
    assert!(error.detail.contains("server_busy") && !error.detail.contains("how?"), "{error}");

    sandbox.will_say(Reply { curt: true, ..Reply::text(&["a"]) }).unwrap();
    assert_eq!(model.step(&step("how?"), &mut (), &Never).await.unwrap_err().kind, ModelFaultKind::Cut);
}

#[tokio::test]
async fn a_cookie_that_ran_out_bars_it_and_is_told_to_nobody() {
    let sandbox = sandbox().await;
    let folder = folder(&url(&sandbox, "whole"), &whole());
    let old = json!({"Cookie": "{{secret:old-cookie}}"}).to_string();
    std::fs::write(folder.path().join("header.json"), old).unwrap();
    let barred = |error: countersign_domain::ports::ModelFault| {
        assert_eq!(error.kind, ModelFaultKind::Barred, "{error}");
        assert!(!error.to_string().contains("session="), "{error}");
    };
    let llm = open(folder.path()).unwrap();
    assert_eq!(llm.model().secrets(), ["old-cookie"]);
    barred(llm.model().step(&step("how?"), &mut (), &Never).await.unwrap_err());
    std::fs::write(folder.path().join("header.json"), json!({"Cookie": "{{secret:nobody-has}}"}).to_string())
        .unwrap();
    assert!(matches!(llm.reload(), Reloaded::Changed(_)));
    barred(llm.model().step(&step("how?"), &mut (), &Never).await.unwrap_err());
    std::fs::write(folder.path().join("header.json"), json!({"Cookie": "{{secret:llm-cookie}}"}).to_string())
        .unwrap();
    llm.reload();
    sandbox.will_say(Reply::text(&["a"]).with(Trouble::Page)).unwrap();
    barred(llm.model().step(&step("how?"), &mut (), &Never).await.unwrap_err());
    sandbox.will_say(Reply::text(&["a"])).unwrap();
    assert_eq!(llm.model().step(&step("how?"), &mut (), &Never).await.unwrap().text, "a");
}

#[tokio::test]
async fn files_are_swapped_while_it_runs_and_a_turn_keeps_its_own() {
    let folder = folder("http://127.0.0.1:9/x", &whole());
    let llm = open(folder.path()).unwrap();
    let (turn, path) = (llm.model(), folder.path().join("prompts.json"));
    assert_eq!(llm.reload(), Reloaded::Same);
    let good = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, &good[..good.len() / 2]).unwrap();
    let Reloaded::Kept(faults) = llm.reload() else { panic!("half a file was taken") };
    assert_eq!((faults[0].file, llm.model().digest()), ("prompts.json", turn.digest()));
    std::fs::write(&path, good.replace("House", "Home")).unwrap();
    let Reloaded::Changed(digest) = llm.reload() else { panic!("it did not change") };
    assert_eq!(llm.model().digest(), digest);
    assert_ne!(turn.digest(), digest, "who began with the old one keeps it");
    assert_eq!(llm.model().name().settings, digest);
}

#[tokio::test]
async fn whoever_asks_is_served_by_the_files_as_they_are_and_told_why_those_there_are_not_used() {
    let folder = folder("http://127.0.0.1:9/x", &whole());
    assert_eq!(CompanyLlm::check(folder.path()).unwrap(), ["llm-cookie"]);
    let llm = open(folder.path()).unwrap();
    let (first, path) = (llm.name(), folder.path().join("prompts.json"));
    let good = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, "{").unwrap();
    let half = llm.serving().await.unwrap();
    assert!(half.refused[0].starts_with("prompts.json:1: "), "{:?}", half.refused);
    assert_eq!(half.model.name(), first);
    std::fs::write(&path, good.replace("House", "Home")).unwrap();
    let mended = llm.serving().await.unwrap();
    assert_eq!(mended.refused, [""; 0]);
    assert_ne!(mended.model.name(), first);
    assert_eq!(half.model.name(), first, "who began with the old one keeps it");
}

#[test]
fn what_is_wrong_is_told_by_its_line() {
    let good = || folder("http://127.0.0.1:9/x", &whole());
    good_is_good(good().path());
    for (file, from, to, line, part) in [
        ("config.json", "\"model\"", "\"mood\"", 0, "unknown field `mood`"),
        ("config.json", "http://127.0.0.1:9/x", "http://llm.example/x", 0, "unencrypted"),
        ("config.json", "http://127.0.0.1:9/x", "nowhere", 0, "is no address"),
        ("config.json", "\"/result/answer\"", "\"result\"", 0, "JSON Pointer"),
        ("config.json", "\"whole\"", "\"half\"", 0, "unknown variant `half`"),
        ("config.json", "0.2", "0.2,", 0, "trailing comma"),
        ("header.json", "{{secret:llm-cookie}}", "session=abc", 0, "is a credential"),
        ("header.json", "countersign", "{{prompt}}", 0, "can only name secrets"),
        ("header.json", "X-Client", "X Client", 0, "no name of a header"),
        ("payload.json", "{{most_tokens}}", "{{many}}", 0, "nothing called `many`"),
        ("payload.json", "{{most_tokens}}", "{{secret:llm-cookie}}", 0, "secrets go into header.json"),
        ("payload.json", "{{parameters.heat}}", "{{parameters.cold}}", 0, "nothing called `parameters.cold`"),
        ("payload.json", "{{system}}", "{{system", 0, "has no name or no end"),
        ("payload.json", "\"chat\"", "\"talk\"", usize::MAX, "no template `chat`"),
        ("prompts.json", "\"a help desk\"", "7", 0, "invalid type"),
        ("prompts.json", "}\n}", "}\n", usize::MAX, "EOF while parsing"),
    ] {
        let folder = good();
        let path = folder.path().join(file);
        let before = std::fs::read_to_string(&path).unwrap();
        let at = before.find(from).unwrap_or_else(|| panic!("{file} has no {from}"));
        std::fs::write(&path, before.replacen(from, to, 1)).unwrap();
        let faults = open(folder.path()).unwrap_err();
        let fault = &faults[0];
        assert!(fault.fault.contains(part), "{file}: {fault}");
        assert!(!fault.fault.contains("session=abc"), "{fault}");
        if line == 0 {
            let wanted = before[..at].matches('\n').count() + 1;
            // A comma too many is noticed where the next thing should be.
            let late = usize::from(part == "trailing comma");
            assert!((wanted..=wanted + late).contains(&fault.line), "{file}:{wanted}: {fault}");
            assert_eq!(fault.file, file);
        }
    }
    let folder = good();
    std::fs::remove_file(folder.path().join("header.json")).unwrap();
    assert_eq!(open(folder.path()).unwrap_err()[0].file, "header.json");
}

fn good_is_good(folder: &Path) {
    if let Err(faults) = open(folder) {
        panic!("{faults:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Wherever the connection is lost or ends, no answer is taken for whole that is not.
    #[test]
    fn a_connection_lost_at_any_byte_is_told(at in 0_usize..220, kind in 0_usize..3, ends in any::<bool>()) {
        static SHARED: Shared = shared();
        let (runtime, sandbox) = &*SHARED;
        let (kind, response) = [("whole", whole()), ("sse", in_lines("sse")), ("ndjson", in_lines("ndjson"))][kind].clone();
        let folder = folder(&url(sandbox, kind), &response);
        let trouble = if ends { Trouble::EndsAfter(at) } else { Trouble::CutAfter(at) };
        let done = runtime.block_on(async {
            sandbox.will_say(Reply::text(&["Näh", "er ", "nicht."]).with(trouble)).unwrap();
            open(folder.path()).unwrap().model().step(&step("how?"), &mut (), &Never).await
        });
        match done {
            Ok(done) => prop_assert_eq!(done.text, "Näher nicht."),
            Err(error) => prop_assert!(matches!(error.kind, ModelFaultKind::Cut | ModelFaultKind::Malformed), "{}", error),
        }
    }

    /// Whatever is done to a file, its fault has a line that is in it, or the set can be used.
    #[test]
    fn a_file_that_is_damaged_is_told(file in 0_usize..4, at in 0.0_f64..1.0, with in "[{}\\[\\]\",:a0\n]{0,3}", cut in 0_usize..6) {
        let folder = folder("http://127.0.0.1:9/x", &whole());
        let path = folder.path().join(["config.json", "header.json", "payload.json", "prompts.json"][file]);
        let text = std::fs::read_to_string(&path).unwrap();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
        let at = (at * text.len() as f64) as usize;
        let damaged = format!("{}{with}{}", &text[..at], &text[(at + cut).min(text.len())..]);
        std::fs::write(&path, &damaged).unwrap();
        if let Err(faults) = open(folder.path()) {
            for fault in faults {
                let of = std::fs::read_to_string(folder.path().join(fault.file)).unwrap();
                prop_assert!((1..=of.matches('\n').count() + 1).contains(&fault.line), "{}", fault);
            }
        }
    }
}
