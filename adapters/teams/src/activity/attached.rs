//! Files that come with a message (<https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/bots-filesv4>): in private
//! with an address where they can be read for a while; elsewhere Teams tells a bot no more than that there is one.

use countersign_domain::ports::Attached;
use serde::Deserialize;
use serde_json::Value;

/// What a file in the private talk comes as.
const FILE: &str = "application/vnd.microsoft.teams.file.download.info";
/// What stands in the text of a message for something attached.
const SOMETHING: &str = "<attachment ";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attachment {
    content_type: String,
    name: Option<String>,
    #[serde(default)]
    content: Value,
}

/// The files of a message. The text itself comes as an attachment, too, and so do pictures that stand in it.
pub(super) fn attached(attachments: &[Value]) -> Vec<Attached> {
    attachments.iter().filter_map(|one| file(Attachment::deserialize(one).ok()?)).collect()
}

fn file(attachment: Attachment) -> Option<Attached> {
    let Attachment { content_type, name, content } = attachment;
    let named = |address| Attached { name: name.unwrap_or_default(), media: None, size: None, address };
    if content_type == FILE {
        return Some(named(content["downloadUrl"].as_str().map(str::to_owned)));
    }
    let mentions_one = content_type == "text/html" && content.as_str()?.contains(SOMETHING);
    mentions_one.then(|| named(None))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_in_private_says_where_it_is_and_one_elsewhere_only_that_it_is_there() {
        let address = "https://acme-my.sharepoint.com/personal/erin/_layouts/15/download.aspx?tempauth=x";
        let private = json!([
            {"contentType": "text/html", "content": "<p>rules propose</p>"},
            {"contentType": FILE, "name": "rules.cedar", "contentUrl": "https://acme-my.sharepoint.com/rules.cedar",
                "content": {"downloadUrl": address, "uniqueId": "1150D938", "fileType": "cedar"}},
            {"contentType": "image/*", "contentUrl": "https://smba.trafficmanager.net/v3/attachments/1/views/original"},
        ]);
        let files = attached(private.as_array().unwrap());
        let [file] = files.as_slice() else { panic!("one file: {files:?}") };
        assert_eq!((&*file.name, file.address.as_deref()), ("rules.cedar", Some(address)));
        assert!(!format!("{file:?}").contains("tempauth"), "whoever knows the address can read the file");
        let channel = json!([{"contentType": "text/html",
            "content": "<p>rules propose</p><attachment id=\"1150D938\"></attachment>"}]);
        assert!(matches!(&*attached(channel.as_array().unwrap()), [Attached { address: None, .. }]));
        assert_eq!(attached(&[json!({"contentType": "text/html", "content": "<p>help</p>"}), json!(7)]), []);
    }
}
