//! The workflow: which status leads where, and what its screens demand.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::shapes::{self, Refused, refused};
use super::{Shared, Status};

/// The one workflow of all issues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Workflow(pub Vec<Way>);

/// One transition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// The vendor's id.
    pub id: String,
    /// The name people see.
    pub name: String,
    /// Where it begins; everywhere, where nothing is named.
    #[serde(default)]
    pub from: Vec<Status>,
    /// Where it leads.
    pub to: Status,
    /// The fields that its screen demands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<String>,
}

impl Default for Workflow {
    /// To Do → In Progress → Done or Declined, and the ways back that real workflows have.
    fn default() -> Self {
        use Status::{Declined, Done, InProgress, ToDo};
        let way = |id: &str, name: &str, from: &[Status], to| Way {
            id: id.to_owned(),
            name: name.to_owned(),
            from: from.to_vec(),
            to,
            required: Vec::new(),
        };
        Self(vec![
            way("11", "Start", &[ToDo], InProgress),
            way("21", "Stop", &[InProgress], ToDo),
            way("31", "Finish", &[InProgress], Done),
            way("41", "Decline", &[ToDo, InProgress], Declined),
            way("51", "Reopen", &[Done, Declined], ToDo),
        ])
    }
}

impl Workflow {
    pub(super) fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// The ways out of a status.
    pub(super) fn out_of(&self, status: Status) -> impl Iterator<Item = &Way> {
        self.0.iter().filter(move |way| way.from.is_empty() || way.from.contains(&status))
    }
}

impl Way {
    /// As the list of an issue's transitions shows it.
    pub(super) fn shape(&self, base: &str, with_fields: bool) -> Value {
        let mut shape = json!({
            "id": self.id, "name": self.name, "to": shapes::status(base, self.to), "hasScreen": !self.required.is_empty(),
            "isGlobal": self.from.is_empty(), "isInitial": false, "isAvailable": true, "isConditional": false,
            "looped": false,
        });
        if with_fields {
            shape["fields"] = self.required.iter().map(|field| (field.clone(), metadata(field))).collect();
        }
        shape
    }

    /// As the workflow itself shows it.
    fn in_workflow(&self) -> Value {
        let link = |from: &Status| json!({"fromPort": 0, "fromStatusReference": from.id(), "toPort": 1});
        let mut shape = json!({
            "id": self.id, "name": self.name, "description": "", "toStatusReference": self.to.id(),
            "type": if self.from.is_empty() { "GLOBAL" } else { "DIRECTED" },
            "links": self.from.iter().map(link).collect::<Vec<_>>(),
            "actions": [], "properties": {}, "triggers": [], "validators": [],
        });
        if !self.required.is_empty() {
            let fields = self.required.join(",");
            shape["transitionScreen"] =
                json!({"ruleKey": "system:transition-screen", "parameters": {"screenId": "10001"}});
            shape["validators"] = json!([{"ruleKey": "system:validate-field-value",
                "parameters": {"ruleType": "fieldRequired", "fieldsRequired": fields}}]);
        }
        shape
    }
}

fn metadata(field: &str) -> Value {
    let name = field[..1].to_uppercase() + &field[1..];
    json!({"key": field, "name": name, "required": true, "hasDefaultValue": false, "operations": ["set"],
        "schema": {"type": field, "system": field}})
}

/// `POST /rest/api/3/workflows`: read in bulk, here by project and issue type.
pub(super) async fn read(
    State(shared): State<Arc<Shared>>,
    _headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<Json<Value>, Refused> {
    let pairs = body["projectAndIssueTypes"].as_array().map_or(0, Vec::len);
    if pairs == 0 {
        let message = "The sandbox reads workflows by project and issue type only.";
        return Err(refused(StatusCode::BAD_REQUEST, message));
    }
    let state = shared.controlled.state.get();
    let category = |status: Status| match status {
        Status::ToDo => "TODO",
        Status::InProgress => "IN_PROGRESS",
        Status::Done | Status::Declined => "DONE",
    };
    let status = |status: &Status| {
        json!({"id": status.id(), "name": status.name(), "description": "", "scope": {"type": "GLOBAL"},
            "statusCategory": category(*status), "statusReference": status.id()})
    };
    let reference =
        |status: &Status| json!({"deprecated": false, "properties": {}, "statusReference": status.id()});
    Ok(Json(json!({
        "statuses": Status::ALL.iter().map(status).collect::<Vec<_>>(),
        "workflows": [{
            "id": "b9ff2384-d3b6-4d4e-9509-3ee19f607168", "name": "The workflow", "description": "",
            "isEditable": true, "scope": {"type": "GLOBAL"},
            "version": {"id": "f010ac1b-3dd3-43a3-aa66-0ee8a447f76e", "versionNumber": 0},
            "statuses": Status::ALL.iter().map(reference).collect::<Vec<_>>(),
            "transitions": state.workflow.0.iter().map(Way::in_workflow).collect::<Vec<_>>(),
        }],
    })))
}
