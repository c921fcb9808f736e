//! A role that is taken on: the token service is asked for it, and Bedrock is asked as it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::{Arc, Mutex};

use countersign_bedrock::{Access, AccessSettings, BedrockGuardrail, GuardrailSettings};
use countersign_domain::ports::{Crossing, Guardrail as _, Screened, Verdict};
use countersign_outbound::MemorySecrets;
use countersign_sandbox::bedrock::{BedrockOptions, BedrockSandbox, BedrockState};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const TAKEN_ON: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
    <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>\
    <Expiration>2199-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";

/// A token service that lets everybody take on any role: its address, and what it was asked.
async fn token_service() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let (address, asked) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let kept = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let request = heard(&mut stream).await;
            kept.lock().unwrap().push(request);
            let length = TAKEN_ON.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{TAKEN_ON}"
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (format!("http://{address}"), asked)
}

/// One request, whole.
async fn heard(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let said = String::from_utf8_lossy(&request).to_lowercase();
        if let Some((head, body)) = said.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
            if body.len() >= length.map_or(0, |length| length.trim().parse::<usize>().unwrap()) {
                return String::from_utf8(request).unwrap();
            }
        }
        assert!(stream.read_buf(&mut request).await.unwrap() > 0, "it ended in the middle");
    }
}

#[tokio::test]
async fn bedrock_is_asked_as_the_role_that_was_taken_on() {
    countersign_outbound::install_tls();
    let state = BedrockState { key_id: "ASIAROLE".to_owned(), ..BedrockState::default() };
    let sandbox = BedrockSandbox::start(BedrockOptions::new(state)).await.unwrap();
    let (there, asked) = token_service().await;
    let settings: AccessSettings = serde_json::from_value(json!({
        "region": "eu-central-1",
        "endpoint": sandbox.base_url(),
        "key": { "id_secret": "id", "key_secret": "key" },
        "role": { "arn": "arn:aws:iam::123456789012:role/desk", "external_id": "acme-7", "endpoint": there },
    }))
    .unwrap();
    let secrets = MemorySecrets::from([("id", "AKIDMINI"), ("key", "secret")]);
    let access = Access::new(&settings, &secrets).await.unwrap();
    let settings = GuardrailSettings { id: "gr1".to_owned(), version: "1".to_owned() };
    let guardrail = BedrockGuardrail::new(access, settings);
    let screened = Screened { at: Crossing::Asked, text: "hello", sources: &[] };
    assert_eq!(guardrail.screen(screened).await.unwrap(), Verdict::Passed);
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 1, "{asked:?}");
    for part in ["Action=AssumeRole", "role%2Fdesk", "ExternalId=acme-7", "Credential=AKIDMINI/"] {
        assert!(asked[0].contains(part), "{part}: {}", asked[0]);
    }
}
