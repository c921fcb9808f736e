//! What the demo's help desk may do outside: a staging in miniature, two actions there, and what its rules say of them.

use std::net::SocketAddr;
use std::path::PathBuf;

use countersign_sandbox::staging::Part;
use countersign_sandbox::{SandboxError, StagingOptions, StagingSandbox, StagingState};
use serde_json::{Value, json};

use crate::config::{ActionsConfig, TenantConfig};

/// What calls are signed with, by its name and as it is.
const SECRET: (&str, &str) = ("actions_signing", "sandbox-actions-secret");
/// The services of staging, which hang when the demo begins.
const SERVICES: [&str; 2] = ["web-shop", "search"];

/// What the rules say of actions: the cache is cleared by oneself, unless the agent offered that after it had read what others wrote.
const RULES: &str = r#"
// Clearing the cache harms nobody: whoever wants it has it done. Where the help desk's agent offered it after it had read what others
// wrote, somebody else looks at it first.
@id("clear-the-cache")
@auto
permit (
  principal,
  action == Action::"run_action",
  resource == SafeAction::"clear_cdn_cache"
) unless {
  context.tainted
};

// Every other action needs one countersignature.
@id("actions")
@approvers("group:approvers")
@quorum("1")
permit (
  principal,
  action == Action::"run_action",
  resource
) unless {
  resource == SafeAction::"clear_cdn_cache" && !context.tainted
};
"#;

/// The secret that calls are signed with.
pub(super) fn secret() -> (&'static str, String) {
    (SECRET.0, SECRET.1.to_owned())
}

/// Starts what is called: its services hang, and its cache is filled.
pub(super) async fn start(
    listen: SocketAddr,
    state_file: Option<PathBuf>,
) -> Result<StagingSandbox, SandboxError> {
    let services = SERVICES.map(|name| (name.to_owned(), Part::that_is("hanging")));
    let seed = StagingState {
        services: services.into(),
        caches: [("cdn".to_owned(), Part::that_is("filled"))].into(),
        ..StagingState::default()
    };
    let options = StagingOptions { listen, state_file, ..StagingOptions::new(SECRET.1.to_owned(), seed) };
    match StagingSandbox::start(options.clone()).await {
        Err(SandboxError::Listen { .. }) if listen.port() != 0 => {
            StagingSandbox::start(StagingOptions { listen: SocketAddr::new(listen.ip(), 0), ..options }).await
        }
        started => started,
    }
}

/// Lets a tenant's help desk call it.
pub(super) fn join(staging: &StagingSandbox, tenant: &mut TenantConfig) {
    tenant.rules.push_str(RULES);
    if let Some(help) = &mut tenant.help {
        help.actions = Some(config(&staging.base_url()));
    }
}

fn config(base: &str) -> ActionsConfig {
    let schema = |required: &[&str], properties: Value| {
        json!({
            "type": "object", "additionalProperties": false, "required": required, "properties": properties,
        })
    };
    let service = json!({ "service": { "type": "string", "enum": SERVICES } });
    let catalogue = json!([
        {
            "name": "restart_staging",
            "title": "restart a service of staging",
            "arguments": schema(&["service"], service),
            "call": {
                "kind": "http", "method": "POST", "url": format!("{base}/services/{{service}}/restart"),
                "body": { "service": "{service}" },
            },
            "read_back": {
                "url": format!("{base}/services/{{service}}"), "pointer": "/state", "expected": "running",
            },
        },
        {
            "name": "clear_cdn_cache",
            "title": "clear the cache of the CDN",
            "arguments": schema(&[], json!({})),
            "call": { "kind": "http", "method": "POST", "url": format!("{base}/caches/cdn/clear") },
            "read_back": { "url": format!("{base}/caches/cdn"), "pointer": "/state", "expected": "empty" },
        },
    ]);
    ActionsConfig {
        version: 1,
        allowed: vec![base.to_owned()],
        signing_secret: SECRET.0.to_owned(),
        catalogue: serde_json::from_value(catalogue).expect("a test reads it"),
    }
}

#[cfg(test)]
mod tests {
    use countersign_doer::Allowed;
    use countersign_domain::rules::{EXAMPLE, RuleSet};

    use super::*;

    #[test]
    fn the_demos_actions_and_rules_have_no_fault() {
        let base = "http://127.0.0.1:8086/v1";
        let allowed = Allowed::read(base).expect("this machine may be called");
        for entry in config(base).catalogue {
            assert_eq!(
                entry.faults(&|address| allowed.allows(address)),
                Vec::<String>::new(),
                "{}",
                entry.name
            );
        }
        RuleSet::compile(1, &format!("{EXAMPLE}{RULES}")).unwrap_or_else(|faults| panic!("{faults}"));
    }
}
