//! The scripted `nvidia-smi`, asked as the agent asks it.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::process::{Command, Output};
use std::time::Duration;

use studio_parts::fake_nvidia_smi::{FakeNvidiaSmi, Gpu, SmiReply};
use studio_parts::process::Running;

#[test]
fn each_gpu_is_a_line_of_the_fields_asked() {
    let odd = Gpu { name: "it's a \"T4\"; $HOME".to_owned(), ..Gpu::new(97, 4321) };
    let fake = FakeNvidiaSmi::new(&SmiReply::Gpus(vec![Gpu::new(0, 3), odd, Gpu::in_mig_mode(40)])).unwrap();
    let output = ask(&fake, "utilization.gpu,memory.used,index,name", "csv,noheader,nounits");
    let lines = "0, 3, 0, NVIDIA A10G\n97, 4321, 1, it's a \"T4\"; $HOME\n[N/A], 40, 2, NVIDIA A100-SXM4-40GB\n";
    assert_eq!(text(&output), lines);
    assert!(output.status.success());
    let output = ask(&fake, "uuid,utilization.gpu,memory.used", "csv");
    assert!(text(&output).starts_with("uuid, utilization.gpu, memory.used\nGPU-00000000-"), "{}", text(&output));
    assert!(text(&output).contains(", 97 %, 4321 MiB\n"));
    assert_eq!(fake.hits(), 2);
}

#[test]
fn what_it_says_can_change_and_fail() {
    let fake = FakeNvidiaSmi::new(&SmiReply::Gpus(vec![Gpu::new(1, 2)])).unwrap();
    let exit = |reply: &SmiReply| {
        fake.set(reply).unwrap();
        let output = ask(&fake, "utilization.gpu", "csv,noheader");
        (output.status.code(), text(&output))
    };
    assert_eq!(exit(&SmiReply::NoDevices), (Some(6), "No devices were found\n".to_owned()));
    assert_eq!(exit(&SmiReply::NoDriver).0, Some(9));
    assert_eq!(exit(&SmiReply::Gpus(vec![])), (Some(0), String::new()));
    assert!(exit(&SmiReply::Garbage).1.contains('\0'));
    fake.set(&SmiReply::Gpus(vec![Gpu::new(1, 2)])).unwrap();
    assert_eq!(ask(&fake, "nonsense", "csv").status.code(), Some(2));
}

#[test]
fn it_hangs_or_never_stops_talking_until_it_is_ended() {
    for reply in [SmiReply::Hang, SmiReply::HangInChild, SmiReply::Endless] {
        let fake = FakeNvidiaSmi::new(&reply).unwrap();
        let mut process = Running::spawn(Command::new(fake.program())).unwrap();
        assert!(process.wait_with_timeout(Duration::from_millis(300)).is_none(), "{reply:?}");
        assert_eq!(process.stdout_so_far().is_empty(), reply != SmiReply::Endless);
    }
}

fn ask(fake: &FakeNvidiaSmi, fields: &str, format: &str) -> Output {
    let mut command = Command::new("sh");
    command.args([
        "-c",
        r#"exec nvidia-smi "$@""#,
        "sh",
        &format!("--query-gpu={fields}"),
        &format!("--format={format}"),
    ]);
    command.env("PATH", fake.path_env()).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}
