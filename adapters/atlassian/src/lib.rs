//! Bitbucket Cloud and Jira Cloud behind the Forge and Tracker ports.
