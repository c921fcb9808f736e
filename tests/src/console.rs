//! Somebody of the demo in the console, by a browser without scripts: a session, the page, a form that is sent.

use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::redirect::Policy;

use crate::stage::Stage;

/// Somebody who has signed in.
pub struct Session<'a> {
    stage: &'a Stage,
    cookie: String,
}

impl Stage {
    /// Somebody signs in at the console with their token.
    pub async fn signs_in(&self, token: &str) -> Session<'_> {
        // The session comes with the redirection.
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).redirect(Policy::none());
        let request = client.build().expect("a client").post(self.url("/sign-in")).form(&[("token", token)]);
        let answer = request.send().await.expect("the bot answers");
        let cookie = answer.headers().get_all(SET_COOKIE).iter().find_map(|cookie| cookie.to_str().ok());
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).expect("a session").to_owned();
        Session { stage: self, cookie }
    }
}

impl Session<'_> {
    /// What the browser sends with every request.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// What stands on a page.
    pub async fn page(&self, path: &str) -> String {
        let request = self.stage.client().get(self.stage.url(path)).header(COOKIE, &self.cookie);
        request.send().await.expect("the bot answers").text().await.expect("a page")
    }

    /// Sends a form as a page of the console does, and lets everything happen that follows; the page that comes then.
    pub async fn sends(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let request = self.stage.client().post(self.stage.url(path)).header(COOKIE, &self.cookie);
        let request = request.header("sec-fetch-site", "same-origin").form(fields);
        let page = request.send().await.expect("the bot answers").text().await.expect("a page");
        self.stage.settle().await;
        page
    }
}

/// What people read on a page.
pub fn read(page: &str) -> String {
    page.split('<').filter_map(|part| part.split_once('>')).map(|(_, words)| words).collect()
}

/// The value of the hidden field of this name in the form that asks for a proof.
pub fn proven_sentence(page: &str) -> String {
    sentence(page.split("<form").find(|form| form.contains("name=\"proof\"")).expect("a form with a proof"))
}

/// What the button of this label says when it is pressed.
pub fn sentence_behind(page: &str, label: &str) -> String {
    let labelled = format!(">{label}</button>");
    let form = page.split("<form").find(|form| form.contains(&labelled));
    sentence(form.unwrap_or_else(|| panic!("no button “{label}” on {}", read(page))))
}

fn sentence(form: &str) -> String {
    let (_, value) = form.split_once("name=\"text\" value=\"").expect("the sentence that it says");
    value.split('"').next().expect("the end of it").to_owned()
}
