//! Which forge a tenant has.

use super::{fault, load};
use crate::config::{ForgeConfig, GithubAccess};

fn tenant(forge: &str) -> String {
    format!("[tenants.acme]\nrules_text = '''@auto permit (principal, action, resource);'''\n{forge}\n")
}

const TOKEN: &str = "[tenants.acme.github]\norganization = \"acme\"\ntoken_secret = \"acme-github\"";
const APP: &str = "[tenants.acme.github]\norganization = \"acme\"\napp = \"Iv23li\"\ninstallation = 4711\nprivate_key_secret = \"acme-github-key\"";

#[test]
fn a_tenant_is_on_github_by_a_token_or_as_an_app_and_is_written_as_it_is_read() {
    for (forge, secret) in [(TOKEN, "github.token_secret"), (APP, "github.private_key_secret")] {
        let config = load(&tenant(forge), &[]).unwrap();
        let acme = &config.tenants[&"acme".parse().unwrap()];
        let ForgeConfig::Github(github) = &acme.forge else { panic!("it is on GitHub") };
        assert_eq!((github.url.as_str(), github.organization.as_str()), ("https://api.github.com", "acme"));
        assert_eq!(acme.secrets()[0].0, secret);
        assert_eq!(matches!(github.access, GithubAccess::App { .. }), forge == APP);
        let written = serde_json::to_value(acme).unwrap();
        assert_eq!(written["github"]["organization"], "acme", "{written}");
        assert!(written.get("bitbucket").is_none());
    }
}

#[test]
fn what_is_wrong_with_a_github_is_said_where_it_stands() {
    let bitbucket = "[tenants.acme.bitbucket]\nworkspace = \"w\"\ntoken_secret = \"t\"";
    for (forge, key) in [
        (format!("{TOKEN}\n{bitbucket}"), "tenants.acme.github:"),
        (TOKEN.replace("organization = \"acme\"\n", ""), "tenants.acme.github.organization:"),
        (format!("{TOKEN}\nurl = \"https://github.com/acme\""), "tenants.acme.github.url:"),
        (format!("{TOKEN}\nurl = \"http://git.acme.example/api/v3\""), "tenants.acme.github.url:"),
        (APP.replace("installation = 4711\n", ""), "tenants.acme.github.installation:"),
        (format!("{APP}\ntoken_secret = \"t\""), "tenants.acme.github.token_secret:"),
    ] {
        let said = fault(&tenant(&forge));
        assert!(said.contains(key), "{key}\n{said}");
    }
}
