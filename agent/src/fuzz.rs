//! Every parser that reads the outside, fed with anything at all and with
//! damaged forms of what is valid: none panics, and none takes garbage for rest.

use idle_core::{ItemState, Sight};
use proptest::prelude::*;

use crate::observe::fuzzed::{
    activity_item, arguments, capacity_block, gateway_report, gpu, healthz, idle_answer, jupyter, stat, transferred,
};
use crate::{metadata, snooze, tell};

/// One damage to a valid text: cut, doubled, a byte turned, a number blown up.
fn damaged(valid: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let bytes = valid.as_bytes();
    (0..bytes.len(), any::<u8>(), 0..4_u8).prop_map(move |(at, byte, how)| {
        let mut text = bytes.to_vec();
        match how {
            0 => text.truncate(at),
            1 => text.extend_from_slice(&bytes[at..]),
            2 => text[at] = byte,
            _ => text.splice(at..at, *b"99999999999999999999").for_each(drop),
        }
        text
    })
}

/// Anything at all, or a damaged form of `valid`.
fn outside(valid: &'static str) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![prop::collection::vec(any::<u8>(), 0..300), damaged(valid)]
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const KERNELS: &str = r#"[{"id":"k","name":"python3","last_activity":"2026-11-24T01:02:03.000004Z","execution_state":"busy","connections":1}]"#;
const IDLE: &str = r#"{"lastActiveTimestamp":"2026-11-24T05:06:07.890Z"}"#;
const SMI: &str = "0, GPU-1a, NVIDIA A10G, 37, 21000\n";
const STAT: &str = "812 (py) S 1 800 800 34819 812 4194304 900 0 0 0 150 50 7 3 20 0 4 0 123456 0 0 0";
const METADATA: &str = r#"{"AppType":"JupyterLab","DomainId":"d-abc123","SpaceName":"s","ResourceArn":"arn:aws:sagemaker:eu-west-1:111122223333:app/d-abc123/s/jupyterlab/default","ResourceName":"default"}"#;
const BLOCK: &str = r#"{"CapacityBlock":{"CapacityBlockEndTime":"2026-11-25T11:00:00Z"}}"#;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// What is not a JSON list is unknown, and never an empty list.
    #[test]
    fn jupyter_answers(body in outside(KERNELS)) {
        let is_list = serde_json::from_slice::<Vec<serde_json::Value>>(&body);
        match jupyter(&body) {
            Sight::Seen { items, .. } => prop_assert_eq!(Some(items.len()), is_list.ok().map(|list| list.len())),
            sight => prop_assert!(matches!(sight, Sight::Unknown(_))),
        }
    }

    #[test]
    fn code_editor_answers(body in outside(IDLE)) {
        let is_object = serde_json::from_slice::<serde_json::Value>(&body).is_ok();
        for sight in [idle_answer(&body), healthz(&body)] {
            prop_assert!(is_object || matches!(sight, Sight::Unknown(_)), "{sight:?}");
        }
    }

    /// A GPU is at rest only where a line says so in full.
    #[test]
    fn nvidia_smi_output(body in outside(SMI)) {
        let said = text(&body);
        match gpu(&said) {
            Sight::Seen { items, .. } => {
                prop_assert_eq!(items.len(), said.lines().filter(|line| !line.trim().is_empty()).count());
            }
            Sight::Absent(_) => prop_assert!(said.contains("No devices")),
            Sight::Unknown(_) => {}
        }
    }

    #[test]
    fn process_lines(line in outside(STAT)) {
        if let Some(stat) = stat(&line) {
            prop_assert!(line.contains(&b'(') && stat.comm.len() <= 3 * line.len());
        }
        let _ = transferred(&line);
        prop_assert!(arguments(&line).len() <= line.len() + 1);
    }

    /// A stamp that cannot be read is unsettled, which is bounded, and never quiet.
    #[test]
    fn activity_stamps(body in outside("2026-11-24T05:06:07.890Z")) {
        let item = activity_item(&text(&body));
        prop_assert_eq!(item.state == ItemState::Quiet, item.last_active.is_some());
    }

    /// Identity is an error, or the very ARN that the file names.
    #[test]
    fn metadata_files(body in outside(METADATA)) {
        if let Ok(resource) = metadata::parse(&text(&body)) {
            let arn = resource.arn().to_lowercase();
            prop_assert!(text(&body).to_lowercase().contains(&arn), "{arn}");
        }
    }

    #[test]
    fn files_of_our_own(body in outside(BLOCK)) {
        let said = text(&body);
        let _ = capacity_block(&said);
        let _ = gateway_report(&said);
        let _ = tell::parse_receipt(&said);
        let (_, reason) = snooze::parse_touched(&said);
        prop_assert!(reason.chars().count() <= 200 && !reason.chars().any(char::is_control));
    }

    #[test]
    fn settings_files(body in outside("idle-timeout = \"60m\"\nquiet-hours = \"daily 20:00-07:00 UTC\"\n")) {
        crate::settings::parse_files(&text(&body));
    }
}
