//! The roles that vendors play, one for each port through which something is done outside.

use super::{OURSELVES, SurfaceKind};

/// In which role a vendor is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VendorRole {
    /// The forge: repositories and who may do what there.
    Forge,
    /// The tracker: tickets.
    Tracker,
    /// This chat.
    Surface(SurfaceKind),
    /// Whatever keeps documents, reads them and finds what stands in them.
    Knowledge,
    /// The model that answers.
    Model,
}

impl VendorRole {
    /// Whether `Retry-After` shuts the whole way to it. Chats limit single methods and channels: there the call waits.
    pub const fn pauses_as_a_whole(self) -> bool {
        matches!(self, Self::Forge | Self::Tracker | Self::Model)
    }
}

/// The forge that is meant where the log names none: there was no other when it was written.
pub const USUAL_FORGE: &str = "bitbucket";
/// All forges there are. Each tenant has one of them.
pub const FORGES: [&str; 2] = [USUAL_FORGE, "github"];

/// A vendor as people know it, by the word that stands for it in the log and in the configuration. The only place that has these
/// names.
pub fn vendor(word: &str) -> &str {
    match word {
        "bitbucket" => "Bitbucket",
        "github" => "GitHub",
        "jira" => "Jira",
        OURSELVES => "Countersign",
        "forge" => "the forge",
        "tracker" => "the tracker",
        "entra" => SurfaceKind::Teams.name(),
        other => other.parse().map_or(other, |surface: SurfaceKind| surface.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendors_are_called_as_people_call_them() {
        let names = ["bitbucket", "github", "jira", "slack", "teams", "entra", "discord"].map(vendor);
        assert_eq!(
            names,
            ["Bitbucket", "GitHub", "Jira", "Slack", "Microsoft Teams", "Microsoft Teams", "Discord"]
        );
        assert_eq!(
            [OURSELVES, "gitea"].map(vendor),
            ["Countersign", "gitea"],
            "what is not known is called as it is"
        );
    }
}
