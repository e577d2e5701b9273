//! The steps of a scenario, one after the other.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use studio_parts::fake_jupyter::Reply;
use studio_parts::kernel_client::{KernelClient, TerminalClient};
use studio_parts::process::Running;

use super::expect;
use super::form::{
    Calls, CommandForm, OnTerminal, PtyForm, RecordForm, ReplyForm, ServerChange, Step, Terminal, Watch,
};
use super::stage::{Stage, smi_reply, to_its_end};
use crate::PATIENCE;

const POLL: Duration = Duration::from_millis(100);

impl Stage {
    /// Plays one step.
    pub(super) fn play(&mut self, step: &Step) -> anyhow::Result<()> {
        match step {
            Step::Watch(how) => self.watch(*how),
            Step::Notebook(form) => {
                let (_, kernel) = self.jupyter()?.start_session(&form.name)?;
                self.kernels.insert(form.name.clone(), kernel);
                match &form.code {
                    Some(code) => self.run_cell(&form.name, code, form.until.as_deref()),
                    None => Ok(()),
                }
            }
            Step::Kernel(name) => {
                let kernel = self.jupyter()?.start_kernel()?;
                self.kernels.insert(name.clone(), kernel);
                Ok(())
            }
            Step::Cell(form) => self.run_cell(&form.notebook, &form.code, form.until.as_deref()),
            Step::Terminal(form) => self.open_terminal(form),
            Step::Pty(form) => self.open_pty(form),
            Step::Type(form) => self.type_text(form),
            Step::Shows(form) => self.wait_until_shown(form),
            Step::Close(name) => self.close(name),
            Step::Orphan(script) => self.container.orphan(&self.words.put_into(script)?),
            Step::Kill(part) => self.kill(part),
            Step::Run(script) => {
                to_its_end(shell(&self.words.put_into(script)?)?).with_context(|| format!("run: {script}"))
            }
            Step::Until(condition) => self.wait_until(condition),
            Step::Reply(form) => self.reply(form),
            Step::Server(ServerChange::Stop) => {
                self.jupyter()?.stop();
                Ok(())
            }
            Step::Server(ServerChange::Restart) => self.jupyter()?.restart(),
            Step::Stamp(stamp) => Ok(std::fs::write(self.words.put_into("{activity}")?, self.words.put_into(stamp)?)?),
            Step::Gpus(gpus) => self.smi.as_ref().context("the world has no nvidia-smi")?.set(&smi_reply(gpus)),
            Step::Faults(faults) => self.sandbox.set_faults(faults),
            Step::Call(call) => {
                let request = self.words.put_into(&call.request.to_string())?;
                self.sandbox.call(&call.operation, &serde_json::from_str(&request)?).map(drop)
            }
            Step::Calls(form) => self.wait_for_calls(form),
            Step::Command(form) => self.command(form),
            Step::Record(form) => self.wait_for_record(form),
            Step::Log(text) => self.agent()?.wait_for_log(&self.words.put_into(text)?),
            Step::Sleep(time) => {
                std::thread::sleep(span(time)?);
                Ok(())
            }
            Step::Expect(expectation) => expect::meet(self, expectation),
        }
    }

    fn watch(&mut self, how: Watch) -> anyhow::Result<()> {
        ensure!(self.agent.is_some() == (how == Watch::Again), "the agent starts once; watch = \"again\" restarts it");
        self.start_agent()
    }

    fn run_cell(&mut self, notebook: &str, code: &str, until: Option<&str>) -> anyhow::Result<()> {
        let kernel = self.kernels.get(notebook).with_context(|| format!("there is no notebook {notebook}"))?.clone();
        let code = self.words.put_into(code)?;
        let mut tab = KernelClient::execute(self.jupyter()?, &kernel, &code)?;
        tab.wait_for(until.unwrap_or("busy"), PATIENCE)?;
        self.tabs.insert(notebook.to_owned(), tab);
        Ok(())
    }

    fn open_terminal(&mut self, form: &Terminal) -> anyhow::Result<()> {
        let Terminal { name, typed, shows } = form;
        let typed: Vec<String> = typed.iter().map(|text| self.words.put_into(text)).collect::<Result<_, _>>()?;
        let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
        let jupyter = self.jupyter()?;
        let terminal = jupyter.start_terminal()?;
        let mut tab = TerminalClient::open(jupyter, &terminal, &typed)?;
        if let Some(text) = shows {
            tab.wait_for_output(text, PATIENCE)?;
        }
        self.terminals.insert(name.clone(), terminal);
        self.terminal_tabs.insert(name.clone(), tab);
        Ok(())
    }

    fn open_pty(&mut self, form: &PtyForm) -> anyhow::Result<()> {
        let PtyForm { name, script, typed, shows } = form;
        let mut pty = self.container.pty(&self.words.put_into(script)?)?;
        if let Some(text) = typed {
            pty.type_text(&self.words.put_into(text)?)?;
        }
        if let Some(text) = shows {
            pty.wait_for_output(text, PATIENCE)?;
        }
        self.ptys.insert(name.clone(), pty);
        Ok(())
    }

    fn type_text(&mut self, form: &OnTerminal) -> anyhow::Result<()> {
        let text = self.words.put_into(&form.text)?;
        if let Some(pty) = self.ptys.get_mut(&form.on) {
            return pty.type_text(&text);
        }
        let terminal = self.terminals.get(&form.on).with_context(|| format!("there is no terminal {}", form.on))?;
        let terminal = terminal.clone();
        TerminalClient::open(self.jupyter()?, &terminal, &[&text]).map(TerminalClient::close)
    }

    fn wait_until_shown(&mut self, form: &OnTerminal) -> anyhow::Result<()> {
        if let Some(pty) = self.ptys.get(&form.on) {
            return pty.wait_for_output(&form.text, PATIENCE);
        }
        let tab = self.terminal_tabs.get_mut(&form.on).with_context(|| format!("there is no tab of {}", form.on))?;
        tab.wait_for_output(&form.text, PATIENCE)
    }

    fn close(&mut self, name: &str) -> anyhow::Result<()> {
        let tab = self.tabs.remove(name).map(KernelClient::close);
        let terminal = self.terminal_tabs.remove(name).map(TerminalClient::close);
        let pty = self.ptys.remove(name).map(drop);
        ensure!(tab.or(terminal).or(pty).is_some(), "nothing that is open is called {name}");
        Ok(())
    }

    fn kill(&self, part: &str) -> anyhow::Result<()> {
        let part = self.words.put_into(part)?;
        let found = self.container.pids()?.into_iter().filter(|(pid, line)| *pid > 1 && line.contains(&part));
        let pids: Vec<String> = found.map(|(pid, _)| pid.to_string()).collect();
        ensure!(!pids.is_empty(), "no process in the container has {part:?} in its command line");
        let mut command = Command::new("kill");
        command.arg("-9").args(&pids);
        to_its_end(self.container.spawn(&command)?)
    }

    fn wait_until(&self, condition: &str) -> anyhow::Result<()> {
        let script = self.words.put_into(condition)?;
        let end = Instant::now() + PATIENCE;
        while let Err(error) = to_its_end(shell(&script)?) {
            ensure!(Instant::now() < end, "this never came true: {condition}: {error:#}");
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    fn reply(&self, form: &ReplyForm) -> anyhow::Result<()> {
        let reply = match (&form.json, form.status) {
            (Some(json), None) => Reply::Json(serde_json::from_str(&self.words.put_into(json)?)?),
            (None, Some(status)) => Reply::Status(status),
            _ => bail!("a reply is either json or a status"),
        };
        self.server.reply(&form.api, reply)
    }

    fn wait_for_calls(&self, form: &Calls) -> anyhow::Result<()> {
        let end = Instant::now() + PATIENCE;
        let holding: Vec<String> =
            form.holding.iter().map(|part| self.words.put_into(part)).collect::<Result<_, _>>()?;
        loop {
            let calls = self.sandbox.calls_of(&form.operation)?;
            let holds = |call: &&serde_json::Value| {
                let request = call["request"].to_string();
                holding.iter().all(|part| request.contains(part))
            };
            let found = calls.iter().filter(holds).count();
            if found == form.count {
                return Ok(());
            }
            if found > form.count || Instant::now() > end {
                bail!("{found} calls, not {}, of {}: {}", form.count, form.operation, serde_json::Value::from(calls));
            }
            std::thread::sleep(POLL);
        }
    }

    fn command(&self, form: &CommandForm) -> anyhow::Result<()> {
        let args: Vec<String> = form.args.iter().map(|arg| self.words.put_into(arg)).collect::<Result<_, _>>()?;
        let mut process = Running::spawn(self.idle_agent(&args)?)?;
        let status = process.wait_with_timeout(PATIENCE).context("the command does not end")?;
        let said = process.stdout_so_far() + &process.stderr_so_far();
        ensure!(status.code() == Some(form.exit), "{status}, not exit code {}: {said}", form.exit);
        for part in &form.says {
            let part = self.words.put_into(part)?;
            ensure!(said.contains(&part), "{part:?} is missing in: {said}");
        }
        Ok(())
    }

    fn wait_for_record(&mut self, form: &RecordForm) -> anyhow::Result<()> {
        let end = Instant::now() + PATIENCE;
        loop {
            let records = self.agent()?.records();
            if let Some(n) = records.iter().skip(self.seen).position(|record| form.is_like(record)) {
                self.seen += n + 1;
                return Ok(());
            }
            ensure!(Instant::now() < end, "no such record came");
            std::thread::sleep(POLL);
        }
    }
}

/// A duration such as `2s`.
pub(super) fn span(text: &str) -> anyhow::Result<Duration> {
    let span: jiff::SignedDuration = text.parse().with_context(|| format!("{text:?} is no duration"))?;
    Duration::try_from(span).with_context(|| format!("{text:?} is no duration"))
}

fn shell(script: &str) -> anyhow::Result<Running> {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    Running::spawn(command)
}
