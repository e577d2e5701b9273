//! What a scenario's file says. Unknown words are errors, so that no file says
//! something that is not played.

use std::collections::BTreeMap;

use idle_core::{Decision, DecisionRecord, Reason, Source, SourceState, Verdict};
use serde::Deserialize;
use serde_json::Value;

/// One file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Scenario {
    /// The claim that is put to the test.
    pub(super) title: String,
    /// Why it matters.
    pub(super) why: String,
    /// Where others get it wrong: issues of peers.
    #[serde(default, rename = "peer")]
    _peer: Option<String>,
    /// What is there before anything happens.
    #[serde(default)]
    pub(super) world: World,
    /// How the agent is started.
    #[serde(default)]
    pub(super) agent: AgentForm,
    /// What happens, in order.
    #[serde(default, rename = "step")]
    pub(super) steps: Vec<Step>,
    /// How it ends.
    pub(super) expect: Expectation,
}

/// What is there before anything happens.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct World {
    pub(super) app: AppKind,
    pub(super) server: ServerKind,
    /// What `nvidia-smi` says; there is none where this is absent.
    pub(super) gpus: Option<Gpus>,
    /// Whether the machine has NVIDIA devices, whatever `nvidia-smi` says.
    pub(super) nvidia_devices: bool,
    /// The Docker Engine's containers; there is none where this is absent.
    pub(super) docker: Option<Docker>,
    /// The content of the activity file; there is none where this is absent.
    pub(super) activity: Option<String>,
    /// The content of SageMaker's internal metadata file.
    pub(super) internal_metadata: Option<String>,
    /// The user's settings file.
    pub(super) settings: Option<String>,
    /// The administrator's settings file.
    pub(super) admin: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub(super) enum AppKind {
    #[default]
    JupyterLab,
    CodeEditor,
    NotebookInstance,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ServerKind {
    /// A real Jupyter server.
    #[default]
    Real,
    /// A scripted Jupyter or Code Editor server.
    Scripted,
    /// Nothing listens.
    None,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Gpus {
    Listed(Vec<GpuForm>),
    Bad(BadGpus),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GpuForm {
    pub(super) percent: u8,
    pub(super) mib: u64,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum BadGpus {
    Hang,
    Garbage,
    Mig,
    NoDriver,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Docker {
    Listed(Vec<ContainerForm>),
    Bad(BadDocker),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContainerForm {
    pub(super) name: String,
    pub(super) cores: f64,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum BadDocker {
    /// HTTP 500 to everything.
    Broken,
}

/// How the agent is started.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct AgentForm {
    /// Flags beside the suite's own: idle timeout 8 s, a look every second.
    pub(super) args: Vec<String>,
}

/// One thing that happens. In every text `{dir}` and the like are replaced: see
/// [`super::words::Words`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum Step {
    /// The agent starts; without this step it does at the end of the steps.
    Watch(Watch),
    /// A notebook is opened; without a `code` nobody is connected to its kernel.
    Notebook(Notebook),
    /// A kernel is started over REST, with neither session nor client.
    Kernel(String),
    /// A cell is run in a notebook or kernel, in a new tab.
    Cell(Cell),
    /// A Jupyter terminal is opened.
    Terminal(Terminal),
    /// A pseudo terminal of which Jupyter knows nothing is opened.
    Pty(PtyForm),
    /// A text is typed on a terminal or pseudo terminal.
    Type(OnTerminal),
    /// A terminal or pseudo terminal comes to show a text.
    Shows(OnTerminal),
    /// A tab or pseudo terminal is closed; what runs in a Jupyter tab goes on.
    Close(String),
    /// A shell script is started that nobody waits for: `nohup`, `setsid`.
    Orphan(String),
    /// The processes in the container whose command line holds a text are killed.
    Kill(String),
    /// A shell script is run outside of the container, to its end.
    Run(String),
    /// A shell condition, outside of the container, comes true.
    Until(String),
    /// An API of a scripted server answers otherwise from now on.
    Reply(ReplyForm),
    /// The server is stopped, or restarted.
    Server(ServerChange),
    /// The activity file gets a new content.
    Stamp(String),
    /// `nvidia-smi` answers otherwise from now on.
    Gpus(Gpus),
    /// Faults of the local AWS, in its own form.
    Faults(String),
    /// A call to SageMaker by somebody else.
    Call(Call),
    /// What the local AWS was asked so far, or comes to be asked.
    Calls(Calls),
    /// A command of the agent's is run.
    Command(CommandForm),
    /// A record comes that is like this.
    Record(RecordForm),
    /// A line comes in the agent's log that holds this.
    Log(String),
    /// Time goes by.
    Sleep(String),
    /// A decision on the way.
    Expect(Expectation),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Watch {
    /// The agent starts.
    Start,
    /// It is ended and started again, as with the app's next start.
    Again,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notebook {
    pub(super) name: String,
    pub(super) code: Option<String>,
    /// The event of the kernel that is waited for: `busy` by default.
    pub(super) until: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cell {
    #[serde(rename = "in")]
    pub(super) notebook: String,
    pub(super) code: String,
    pub(super) until: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Terminal {
    pub(super) name: String,
    #[serde(default, rename = "type")]
    pub(super) typed: Vec<String>,
    pub(super) shows: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PtyForm {
    pub(super) name: String,
    pub(super) script: String,
    #[serde(rename = "type")]
    pub(super) typed: Option<String>,
    pub(super) shows: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OnTerminal {
    pub(super) on: String,
    pub(super) text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplyForm {
    pub(super) api: String,
    /// 200 with this JSON.
    pub(super) json: Option<String>,
    /// This status.
    pub(super) status: Option<u16>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ServerChange {
    Stop,
    Restart,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Call {
    pub(super) operation: String,
    pub(super) request: Value,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Calls {
    pub(super) operation: String,
    /// Only calls that hold all of these texts in their requests.
    #[serde(default)]
    pub(super) holding: Vec<String>,
    pub(super) count: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommandForm {
    pub(super) args: Vec<String>,
    #[serde(default)]
    pub(super) exit: i32,
    /// Texts on stdout or stderr.
    #[serde(default)]
    pub(super) says: Vec<String>,
}

/// What a record is to be like; what is left open may be anything.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct RecordForm {
    pub(super) decision: Option<Decision>,
    pub(super) verdict: Option<Verdict>,
    pub(super) reason: Option<Reason>,
    pub(super) text: Option<String>,
    pub(super) note: Option<String>,
}

/// What the agent decides, and on what evidence.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Expectation {
    /// `keep`: past the idle timeout, in every record. `stop`: after a warning.
    pub(super) decision: Decision,
    /// The reason's code; several where the records may go to and fro.
    pub(super) reason: Reasons,
    pub(super) verdict: Option<Verdict>,
    /// The source that holds the app up.
    pub(super) holds: Option<Source>,
    /// A part of the reason's text.
    pub(super) text: Option<String>,
    /// A part of one of the notes.
    pub(super) note: Option<String>,
    /// What these sources say, in a word.
    #[serde(default)]
    pub(super) sources: BTreeMap<Source, SourceState>,
    /// A part of the words for how the pre-stop hook ended.
    pub(super) pre_stop: Option<String>,
    /// The idle timeout in force, in seconds.
    pub(super) idle_timeout: Option<u64>,
    /// For how long it is kept, where that is not the idle timeout and three seconds.
    #[serde(rename = "for")]
    pub(super) lasts: Option<String>,
    /// How often SageMaker is asked for the stop: once for a stop, else never.
    pub(super) calls: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Reasons {
    One(Reason),
    Some(Vec<Reason>),
}

impl Reasons {
    pub(super) fn hold(&self, reason: Reason) -> bool {
        match self {
            Self::One(one) => *one == reason,
            Self::Some(some) => some.contains(&reason),
        }
    }
}

impl RecordForm {
    pub(super) fn is_like(&self, record: &DecisionRecord) -> bool {
        let Self { decision, verdict, reason, text, note } = self;
        decision.is_none_or(|wanted| wanted == record.decision)
            && verdict.is_none_or(|wanted| wanted == record.verdict)
            && reason.is_none_or(|wanted| wanted == record.reason.code)
            && text.as_ref().is_none_or(|part| record.reason.text.contains(part))
            && note.as_ref().is_none_or(|part| record.notes.iter().any(|note| note.contains(part)))
    }
}
