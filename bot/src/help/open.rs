//! From a tenant's configuration to what its agent works with: folders are opened, the model and the guardrail put together.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use countersign_blobs::Folder;
use countersign_doer::{Allowed, HttpDoer, WebhookPager};
use countersign_domain::conversation::AgentName;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Doer, Embedder, Model, Pager, Secrets};
use countersign_encoder::MiniLm;
use countersign_extract::{Apart, Bounds};
use countersign_guardrails::BuiltIn;
use countersign_knowledge::{Index, Settings};
use countersign_models::{CompanyLlm, FileFault, OpenAi, Quoting};
use countersign_outbound::{BaseUrl, Credential, Outbound};
use jiff::SignedDuration;

use super::{Catalogue, Help, HelpSettings};
use crate::config::{ActionsConfig, Config, FolderConfig, HelpConfig, ModelConfig, PagerConfig};
use crate::vault;
use crate::world::Vendors;

/// What this program is started with to read one file and nothing else, and not by people.
pub const READ_ONE_FILE: &str = "read-one-file";

/// Each of a tenant's passages takes some 450 bytes of memory.
const MOST_PASSAGES: usize = 500_000;

/// How somebody calls outside.
#[derive(Clone, Copy)]
pub struct Way<'a> {
    /// Whose calls they are.
    pub tenant: &'a Tenant,
    /// The way out.
    pub outbound: &'a Arc<Outbound>,
    /// Credentials.
    pub secrets: &'a Arc<dyn Secrets>,
}

/// Lets all tenants be answered whose configuration says so.
pub async fn furnish(
    config: &Config,
    vendors: &mut BTreeMap<Tenant, Vendors>,
    (outbound, secrets): (&Arc<Outbound>, &Arc<dyn Secrets>),
) -> anyhow::Result<()> {
    let answered = config.tenants.iter().filter_map(|(tenant, its)| Some((tenant, its.help.as_ref()?)));
    let mut encoder = None;
    for (tenant, help) in answered {
        anyhow::ensure!(
            config.store.url.is_none(),
            "tenants.{tenant}.help: documents are kept and found in the data folder of one bot, and with `store.url` there are several: \
             leave `help` out, or keep the log in the data folder"
        );
        let encoder = match &encoder {
            Some(encoder) => Arc::clone(encoder),
            None => Arc::clone(encoder.insert(Arc::new(MiniLm::built_in()) as Arc<dyn Embedder>)),
        };
        let secrets = &vault::of_tenant(tenant, secrets);
        let opened = open(help, &config.data, encoder, Way { tenant, outbound, secrets });
        let opened = opened.await.with_context(|| format!("the help desk of the tenant {tenant}"))?;
        if let Some(vendors) = vendors.get_mut(tenant) {
            vendors.help = Some(Arc::new(opened));
        }
    }
    Ok(())
}

/// What one tenant's agent works with. Its documents are below the data folder, which is copied for backups.
pub async fn open(
    config: &HelpConfig,
    data: &Path,
    encoder: Arc<dyn Embedder>,
    way: Way<'_>,
) -> anyhow::Result<Help> {
    let folder = data.join("documents").join(way.tenant.as_str());
    let settings = Settings { folder: folder.join("index"), most_passages: MOST_PASSAGES };
    let (model, behind) = models(config, &encoder, way)?;
    let named = nameable((&model, &behind), &encoder);
    let index = Index::open(settings, vec![encoder]).await?;
    let program = std::env::current_exe().context("where this program is, which reads files")?;
    let extractor = Apart::new(program, vec![READ_ONE_FILE.to_owned()], Bounds::default());
    let doer = config.actions.as_ref().map(|actions| doer(actions, way)).transpose()?;
    let pager = config.pager.as_ref().map(|its| pager(its, way)).transpose()?;
    let catalogue = config
        .actions
        .as_ref()
        .map(|actions| Catalogue { version: actions.version, entries: actions.catalogue.clone() });
    let help = Help {
        index: Arc::new(index),
        blobs: Arc::new(Folder::new(folder.join("files"))),
        extractor: Arc::new(extractor),
        guardrail: Some(Arc::new(BuiltIn::new(config.guardrail.clone())?)),
        model,
        models: named,
        plane: None,
        agents: config.agents.clone(),
        doer,
        pager,
        catalogue: catalogue.unwrap_or_default(),
        watched: Arc::default(),
        settings: settings_of(config),
    };
    #[cfg(feature = "bedrock")]
    let (help, behind) = super::bedrock::furnish((help, behind), config.bedrock.as_ref(), way).await?;
    Ok(help.with_behind(behind))
}

/// What answers, and the models behind it.
type Models = (Arc<dyn Model>, Vec<Arc<dyn Model>>);

fn models(config: &HelpConfig, encoder: &Arc<dyn Embedder>, way: Way<'_>) -> anyhow::Result<Models> {
    let all = std::iter::once(&config.model).chain(&config.fallbacks);
    let all = all.zip(SERVERS).map(|(config, server)| model(config, Arc::clone(encoder), server, way));
    let mut all = all.collect::<anyhow::Result<Vec<_>>>()?;
    let behind = all.split_off(1);
    Ok((all.swap_remove(0), behind))
}

/// The models that agents can name: those of the configuration, and the one that only quotes, which everybody has.
fn nameable(
    (model, behind): (&Arc<dyn Model>, &[Arc<dyn Model>]),
    encoder: &Arc<dyn Embedder>,
) -> Vec<Arc<dyn Model>> {
    let quoting: Arc<dyn Model> = Arc::new(Quoting::new(Some(Arc::clone(encoder))));
    std::iter::once(model).chain(behind).cloned().chain([quoting]).collect()
}

/// What servers are called that speak as OpenAI's: each fails, and is left alone, by itself.
const SERVERS: [&str; 4] = ["openai", "openai_2", "openai_3", "openai_4"];

fn model(
    config: &ModelConfig,
    encoder: Arc<dyn Embedder>,
    server_name: &'static str,
    Way { tenant, outbound, secrets }: Way<'_>,
) -> anyhow::Result<Arc<dyn Model>> {
    Ok(match config {
        ModelConfig::Embedded {} => Arc::new(Quoting::new(Some(encoder))),
        ModelConfig::Openai { url, token_secret, server } => {
            let credential = token_secret.clone().map(|secret| Credential::Bearer { secret });
            let credential = credential.unwrap_or(Credential::Nobody);
            let base = BaseUrl::parse(url)?;
            let vendor = outbound.vendor(server_name, tenant, base, credential, Arc::clone(secrets))?;
            Arc::new(OpenAi::new(vendor, server.clone()))
        }
        ModelConfig::Company { folder, .. } => {
            let (outbound, secrets) = (Arc::clone(outbound), Arc::clone(secrets));
            let opened = CompanyLlm::open(folder.clone(), outbound, tenant.clone(), secrets);
            let all = |faults: Vec<FileFault>| {
                let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
                anyhow::anyhow!("the files in {}: {}", folder.display(), faults.join("; "))
            };
            Arc::new(opened.map_err(all)?)
        }
    })
}

fn doer(config: &ActionsConfig, Way { tenant, outbound, secrets }: Way<'_>) -> anyhow::Result<Arc<dyn Doer>> {
    let allowed = config.allowed.iter().map(|address| Allowed::read(address)).collect::<Result<_, _>>()?;
    let doer = HttpDoer::new(allowed, config.signing_secret.clone(), (tenant, outbound, secrets))?;
    Ok(Arc::new(doer))
}

fn pager(config: &PagerConfig, Way { tenant, outbound, secrets }: Way<'_>) -> anyhow::Result<Arc<dyn Pager>> {
    let allowed = vec![Allowed::read(&config.url)?];
    let doer = HttpDoer::new(allowed, config.signing_secret.clone(), (tenant, outbound, secrets))?;
    Ok(Arc::new(WebhookPager::new(doer, config.url.clone())))
}

fn settings_of(config: &HelpConfig) -> HelpSettings {
    HelpSettings {
        agent: AgentName { name: config.agent.trim().to_owned(), version: 0 },
        instruction: config.instruction.clone(),
        tools: None,
        reads: None,
        threshold: f32::from(config.fits_percent) / 100.0,
        passages: config.passages,
        most_tokens: config.most_tokens,
        most_bytes: config.most_bytes,
        within: SignedDuration::try_from(config.within).unwrap_or(SignedDuration::MAX),
        person: config.person,
        by_agent: config.by_agent,
        tenant: config.everybody,
        daily: config.daily,
        prices: config.prices.clone(),
        level: config.desk.clone(),
        mirror: config.mirror.clone(),
        collections: config.collections(),
        folder: config.folder.as_ref().and_then(FolderConfig::settings),
    }
}
