//! Bitbucket and Jira in miniature: real HTTP servers with state, latency and faults, for the demo and the tests.
