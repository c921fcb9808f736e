//! What GitHub's deliveries say, in the one form of the timeline.

use std::collections::BTreeMap;

use countersign_domain::timeline::{Change, Named, NamedBy, Reading, Signal, SignalKind, Subject, Unread};
use jiff::Timestamp;
use serde_json::Value;

use crate::link::link;
use crate::node::Node;

/// How one tenant's deliveries are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// The host of GitHub's pages: `github.com`, or one's own.
    pub host: String,
    /// The service that a repository belongs to, by its owner and name in lower case; one that is not named is one by itself.
    pub services: BTreeMap<String, String>,
}

/// What a delivery tells of, besides where and by whom.
struct Told {
    kind: SignalKind,
    at: Option<Timestamp>,
    subject: Subject,
    environment: Option<String>,
    status: Option<String>,
    change: Change,
}

/// Nothing, where it is of no interest.
type Read = Result<Option<Told>, Unread>;

impl Reader {
    /// What a delivery of this event tells of; nothing where nobody reads such events.
    pub fn read(&self, event: &str, body: &Value, received: Timestamp) -> Option<Reading> {
        let of_event: fn(&Self, &Node<'_>) -> Read = match event {
            "push" => Self::push,
            "pull_request" => Self::pull_request,
            "check_run" => Self::check_run,
            "workflow_run" => Self::workflow_run,
            "deployment" => Self::deployment,
            "deployment_status" => Self::deployment_status,
            "release" => Self::release,
            _ => return None,
        };
        let body = Node::root(body);
        Some(
            of_event(self, &body)
                .and_then(|told| told.map(|told| self.signal(told, &body, received)).into_iter().collect()),
        )
    }

    fn signal(&self, told: Told, body: &Node<'_>, received: Timestamp) -> Result<Signal, Unread> {
        let repository = body.get("repository")?.get("full_name")?;
        let name = repository.name()?;
        // Whatever has other signs would be no repository's, and is never part of a link.
        let is_word = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        let Some((_, short)) = name.split_once('/').filter(|(owner, short)| is_word(owner) && is_word(short))
        else {
            return Err(repository.unread("there is no owner and name"));
        };
        let service = match self.services.get(&name.to_lowercase()) {
            Some(service) => Named { name: service.clone(), by: NamedBy::Configuration },
            None => Named { name: short.to_owned(), by: NamedBy::Repository },
        };
        let actor = match body.maybe("sender")? {
            Some(sender) => Some(sender.get("login")?.name()?),
            None => None,
        };
        let (at, time_source) = Signal::happened(told.at, received);
        Ok(Signal {
            kind: told.kind,
            at,
            time_source,
            subject: told.subject,
            repository: Some(name),
            service: Some(service),
            environment: told.environment,
            actor,
            status: told.status,
            change: Some(told.change).filter(|change| *change != Change::default()),
            symptom: None,
        })
    }

    fn push(&self, body: &Node<'_>) -> Read {
        let place = body.get("ref")?;
        let text = place.text()?;
        let branch = text.strip_prefix("refs/heads/").map(|name| ("branch", name));
        let (kind, name) = branch
            .or_else(|| Some(("tag", text.strip_prefix("refs/tags/")?)))
            .ok_or_else(|| place.unread("there is no branch and no tag"))?;
        let name: String = name.chars().take(200).collect();
        let is = |key| Ok::<_, Unread>(optional(body, key, Node::flag)?.unwrap_or_default());
        let status = match (is("deleted")?, is("forced")?) {
            (true, _) => Some("deleted".to_owned()),
            (false, true) => Some("forced".to_owned()),
            (false, false) => None,
        };
        let change = Change {
            sha: body.get("after")?.commit()?,
            base: body.get("before")?.commit()?,
            reference: Some(name.clone()),
            pull_request: None,
            commits: optional(body, "commits", Node::count)?,
        };
        let at = optional(&body.get("repository")?, "pushed_at", Node::time)?;
        let subject = self.subject(kind, name, body.maybe("compare")?.as_ref())?;
        Ok(Some(Told { kind: SignalKind::ChangePushed, at, subject, environment: None, status, change }))
    }

    fn pull_request(&self, body: &Node<'_>) -> Read {
        let (action, request) = (body.get("action")?, body.get("pull_request")?);
        let (kind, when) = match action.text()? {
            "opened" => (SignalKind::ChangeProposed, "created_at"),
            "reopened" => (SignalKind::ChangeProposed, "updated_at"),
            "closed" if request.get("merged")?.flag()? => (SignalKind::ChangeMerged, "merged_at"),
            "closed" => (SignalKind::ChangeDeclined, "closed_at"),
            _ => return Ok(None),
        };
        let (head, base) = (request.get("head")?, request.get("base")?);
        let sha = if kind == SignalKind::ChangeMerged {
            optional(&request, "merge_commit_sha", Node::commit)?.flatten()
        } else {
            head.get("sha")?.commit()?
        };
        let change = Change {
            sha,
            base: base.get("sha")?.commit()?,
            reference: Some(base.get("ref")?.name()?),
            pull_request: Some(request.get("number")?.number()?),
            commits: optional(&request, "commits", Node::number)?,
        };
        let subject =
            self.subject("pull request", request.get("title")?.name()?, request.maybe("html_url")?.as_ref())?;
        let at = optional(&request, when, Node::time)?;
        Ok(Some(Told { kind, at, subject, environment: None, status: None, change }))
    }

    fn check_run(&self, body: &Node<'_>) -> Read {
        self.run(body, ("check", "check_run"), "completed_at")
    }

    fn workflow_run(&self, body: &Node<'_>) -> Read {
        self.run(body, ("workflow", "workflow_run"), "updated_at")
    }

    fn run(&self, body: &Node<'_>, (kind, key): (&str, &str), when: &str) -> Read {
        let run = body.get(key)?;
        if body.get("action")?.text()? != "completed" {
            return Ok(None);
        }
        // A check's branch stands in the suite that it is of.
        let branch = optional(&run, "head_branch", Node::name)?;
        let suite = run.maybe("check_suite")?;
        let of_suite = suite.map(|suite| optional(&suite, "head_branch", Node::name)).transpose()?;
        let change = Change {
            sha: run.get("head_sha")?.commit()?,
            reference: branch.or(of_suite.flatten()),
            ..Change::default()
        };
        // A workflow may have no name: GitHub calls it by its file then.
        let (name, file) = (optional(&run, "name", Node::name)?, optional(&run, "path", Node::name)?);
        let name = name.or(file).unwrap_or_else(|| kind.to_owned());
        let subject = self.subject(kind, name, run.maybe("html_url")?.as_ref())?;
        let (at, status) = (optional(&run, when, Node::time)?, Some(run.get("conclusion")?.name()?));
        Ok(Some(Told { kind: SignalKind::RunFinished, at, subject, environment: None, status, change }))
    }

    fn deployment(&self, body: &Node<'_>) -> Read {
        let deployment = body.get("deployment")?;
        if body.get("action")?.text()? != "created" {
            return Ok(None);
        }
        let at = optional(&deployment, "created_at", Node::time)?;
        self.deployed(&deployment, SignalKind::DeploymentRequested, (at, None), None)
    }

    fn deployment_status(&self, body: &Node<'_>) -> Read {
        let (status, deployment) = (body.get("deployment_status")?, body.get("deployment")?);
        let state = status.get("state")?;
        let (kind, ended) = match state.text()? {
            "in_progress" => (SignalKind::DeploymentStarted, None),
            "success" => (SignalKind::DeploymentFinished, Some("success")),
            "failure" | "error" => (SignalKind::DeploymentFinished, Some("failure")),
            _ => return Ok(None),
        };
        let at = optional(&status, "created_at", Node::time)?;
        let page = status.maybe("log_url")?;
        self.deployed(&deployment, kind, (at, ended), page.as_ref())
    }

    fn deployed(
        &self,
        deployment: &Node<'_>,
        kind: SignalKind,
        (at, status): (Option<Timestamp>, Option<&str>),
        page: Option<&Node<'_>>,
    ) -> Read {
        let environment = deployment.get("environment")?.name()?;
        let change = Change {
            sha: deployment.get("sha")?.commit()?,
            reference: optional(deployment, "ref", Node::name)?,
            ..Change::default()
        };
        let subject = self.subject("deployment", environment.clone(), page)?;
        let (environment, status) = (Some(environment), status.map(str::to_owned));
        Ok(Some(Told { kind, at, subject, environment, status, change }))
    }

    fn release(&self, body: &Node<'_>) -> Read {
        let release = body.get("release")?;
        if body.get("action")?.text()? != "published" {
            return Ok(None);
        }
        let tag = release.get("tag_name")?.name()?;
        let change = Change { reference: Some(tag.clone()), ..Change::default() };
        let subject = self.subject("release", tag, release.maybe("html_url")?.as_ref())?;
        let (kind, at) = (SignalKind::ChangeReleased, optional(&release, "published_at", Node::time)?);
        Ok(Some(Told { kind, at, subject, environment: None, status: None, change }))
    }

    fn subject(&self, kind: &str, name: String, page: Option<&Node<'_>>) -> Result<Subject, Unread> {
        let page = page.map(Node::text).transpose()?;
        let link = page.and_then(|page| link(page, &self.host));
        Ok(Subject { kind: kind.to_owned(), name, link })
    }
}

/// What stands under a key, read so, where something does.
fn optional<'v, T>(
    node: &Node<'v>,
    key: &str,
    read: impl Fn(&Node<'v>) -> Result<T, Unread>,
) -> Result<Option<T>, Unread> {
    node.maybe(key)?.map(|found| read(&found)).transpose()
}

#[cfg(test)]
mod tests;
