//! The vendors of the demo in miniature beside a bot that is a process of its own: its secrets are files, for it shares no memory.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use countersign::config::Config;
use countersign::demo::Demo;
use secrecy::ExposeSecret as _;

/// The demo, and its configuration with a folder of its secrets and `more` of them.
pub(crate) async fn demo_with_files(folder: &Path, more: &[(&str, &str)]) -> (Demo, Config) {
    let base = Config { data: folder.to_owned(), listen: ([127, 0, 0, 1], 0).into(), ..Config::default() };
    let demo = Demo::start(base).await.unwrap();
    let secrets = folder.join("secrets");
    std::fs::create_dir(&secrets).unwrap();
    let keep = |name: &str, secret: &str| {
        let options = OpenOptions::new().write(true).create_new(true).mode(0o600).clone();
        options.open(secrets.join(name)).unwrap().write_all(secret.as_bytes()).unwrap();
    };
    for name in ["bitbucket_token", "jira_token", "jira_webhook_secret"] {
        keep(name, demo.secrets.get(name).await.unwrap().expose_secret());
    }
    for (name, secret) in more {
        keep(name, secret);
    }
    let mut config = demo.config.clone();
    config.secrets.folder = Some(secrets);
    (demo, config)
}
