//! What was done, told to an SNS topic once, at the end. It undoes nothing and repeats nothing.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::str::FromStr;

use aws_config::{Region, SdkConfig};
use cost_planner::plan::Listed;
use idle_core::Reason;

use super::Consent;
use super::sweep::{Applied, Counts, Done, Outcome};
use crate::observe::{CallError, Pace};

/// SNS takes 256 KiB, with what it adds of its own.
const MOST_BYTES: usize = 200 << 10;

/// An SNS topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Topic {
    pub(crate) arn: String,
    pub(crate) region: String,
}

impl FromStr for Topic {
    type Err = String;

    fn from_str(arn: &str) -> Result<Self, String> {
        let parts: Vec<&str> = arn.split(':').collect();
        match parts[..] {
            ["arn", partition, "sns", region, account, name]
                if partition.starts_with("aws") && !region.is_empty() && account.len() == 12 && !name.is_empty() =>
            {
                Ok(Self { arn: arn.to_owned(), region: region.to_owned() })
            }
            _ => Err("such as arn:aws:sns:eu-west-1:111122223333:costctl".to_owned()),
        }
    }
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// ASCII, at most a hundred characters.
    pub(crate) subject: String,
    /// At most 200 KiB.
    pub(crate) text: String,
}

/// What a run did: what needs somebody first, then what was done, then what was not.
pub(crate) fn message(run: &str, applied: &Applied<'_>, held_back: &[Listed]) -> Message {
    let Applied { done, reconciled, trouble, refused: unsettled } = applied;
    let Counts { verified, failed: _, refused } = Counts::of(done.iter().map(|done| &done.outcome));
    let stuck = done.iter().filter(|done| matches!(done.outcome, Outcome::Stuck { .. })).count();
    let failed = done.iter().filter(|done| matches!(done.outcome, Outcome::Failed(_))).count();
    let refused = refused + held_back.len();
    let counts = format!("{verified} done, {stuck} stuck, {failed} failed, {refused} refused");
    let mut text = format!("costctl sweep, run {run}: {counts}\n{}", saved(done));
    let section = |title: &str, lines: Vec<String>| match lines.is_empty() {
        true => String::new(),
        false => format!("\n{title}:\n{}\n", lines.join("\n")),
    };
    text += &section(
        "stuck",
        told(done, |outcome| match outcome {
            Outcome::Stuck { after: _, text } => Some(text),
            _ => None,
        }),
    );
    text += &section(
        "failed",
        told(done, |outcome| match outcome {
            Outcome::Failed(text) => Some(text),
            _ => None,
        }),
    );
    text += &section("not as it should be", [trouble.as_slice(), unsettled].concat());
    text += &section("done", done.iter().filter_map(well).collect());
    let earlier = reconciled
        .iter()
        .map(|one| format!("{}: {:?}, asked for by run {}", one.action.target.arn(), one.found, one.run));
    text += &section("settled for earlier runs", earlier.collect());
    text += &section("refused, by reason", by_reason(done, held_back));
    Message { subject: format!("costctl: {counts}"), text: bounded(&text) }
}

fn told<'a>(done: &'a [Done<'_>], text: impl Fn(&'a Outcome) -> Option<&'a String>) -> Vec<String> {
    let lines = done.iter().filter_map(|done| {
        let Done { action, outcome, request_id: _ } = done;
        Some(format!("{} {}: {}", action.verb, action.target.arn(), text(outcome)?))
    });
    lines.collect()
}

fn well(done: &Done<'_>) -> Option<String> {
    let Done { action, outcome: Outcome::Verified(_), request_id: _ } = done else { return None };
    let owner = action.owner.as_deref();
    let whose = match &action.unified_studio {
        Some(unified_studio) => unified_studio.said(owner),
        None => owner.unwrap_or("unattributed").to_owned(),
    };
    let price = action.price.micro_usd_per_hour().map_or("price unknown".to_owned(), usd);
    Some(format!("{} {} ({whose}, {price}): {}", action.verb, action.target.arn(), action.reason.text))
}

/// What no longer bills, as far as prices are known.
fn saved(done: &[Done<'_>]) -> String {
    let well = || done.iter().filter(|done| matches!(done.outcome, Outcome::Verified(_)));
    let prices: Vec<u64> = well().filter_map(|done| done.action.price.micro_usd_per_hour()).collect();
    let unknown = well().count() - prices.len();
    let mut line = format!("no longer billed: {}", usd(prices.iter().sum()));
    if unknown > 0 {
        let _ = write!(line, ", and {unknown} of unknown price");
    }
    line + "\n"
}

fn usd(micro_per_hour: u64) -> String {
    // In thousandths, the last one rounded.
    let milli = micro_per_hour.saturating_add(500) / 1_000;
    format!("{}.{:03} USD/h", milli / 1_000, milli % 1_000)
}

fn by_reason(done: &[Done<'_>], held_back: &[Listed]) -> Vec<String> {
    let mut reasons: BTreeMap<Reason, (usize, &str)> = BTreeMap::new();
    let refused = done.iter().filter_map(|done| match &done.outcome {
        Outcome::Refused(refusal) => Some(refusal),
        _ => None,
    });
    for refusal in refused.chain(held_back.iter().map(|listed| &listed.reason)) {
        reasons.entry(refusal.code).or_insert((0, &refusal.text)).0 += 1;
    }
    let line = |(reason, (count, text)): (Reason, (usize, &str))| format!("{reason}: {count}, such as: {text}");
    reasons.into_iter().map(line).collect()
}

/// As many whole lines as fit, and how many are left out.
fn bounded(text: &str) -> String {
    let clean = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
    let text: String = text.chars().map(clean).collect();
    if text.len() <= MOST_BYTES {
        return text;
    }
    let (mut kept, mut left) = (String::new(), 0_usize);
    for line in text.lines() {
        // Room for the last line.
        if left == 0 && kept.len() + line.len() + 100 <= MOST_BYTES {
            kept.push_str(line);
            kept.push('\n');
        } else {
            left += 1;
        }
    }
    let _ = writeln!(kept, "… and {left} more lines: the evidence has them all");
    kept
}

/// Publishes it.
///
/// # Errors
/// When SNS does not take it.
pub(crate) async fn notify(
    _: &Consent,
    config: &SdkConfig,
    topic: &Topic,
    run: &str,
    message: &Message,
) -> Result<(), CallError> {
    let config = aws_sdk_sns::config::Builder::from(config).region(Region::new(topic.region.clone())).build();
    let client = aws_sdk_sns::Client::from_conf(config);
    let is_fifo = topic.arn.ends_with(".fifo");
    let published = Pace::new(1.0, 1.0)
        .write("Publish", async || {
            let call = client.publish().topic_arn(&topic.arn).subject(&message.subject).message(&message.text);
            let call = call.set_message_group_id(is_fifo.then(|| "costctl".to_owned()));
            call.set_message_deduplication_id(is_fifo.then(|| run.to_owned())).send().await
        })
        .await;
    published.map(drop).map_err(|error| error.of(&topic.arn))
}

#[cfg(test)]
mod tests {
    use cost_planner::plan::State;
    use idle_core::Explained;

    use super::*;
    use crate::act::sweep::tests::app;
    use crate::scripted_http::ScriptedHttp;

    #[test]
    fn topics_are_arns_with_a_region() {
        let topic: Topic = "arn:aws-cn:sns:cn-north-1:111122223333:costctl".parse().expect("a topic");
        assert_eq!(topic.region, "cn-north-1");
        for text in [
            "",
            "costctl",
            "arn:aws:sqs:eu-west-1:111122223333:q",
            "arn:aws:sns::111122223333:t",
            "arn:aws:sns:eu-west-1:1:t",
        ] {
            assert!(text.parse::<Topic>().is_err(), "{text}");
        }
    }

    fn refused(text: &str) -> Outcome {
        Outcome::Refused(Explained { code: Reason::Changed, text: text.to_owned() })
    }

    #[test]
    fn what_needs_somebody_comes_first() {
        let actions = [app("well"), app("stuck"), app("failed"), app("changed"), app("changed-too")];
        let outcomes = [
            Outcome::Verified(State::Gone),
            Outcome::Stuck { after: None, text: "not done within 20m".to_owned() },
            Outcome::Failed("DeleteApp failed:\u{7} denied".to_owned()),
            refused("created anew"),
            refused("heard again"),
        ];
        let done = actions.iter().zip(outcomes);
        let done = done.map(|(action, outcome)| Done { action, outcome, request_id: None }).collect();
        let applied = Applied { done, trouble: vec!["the lease was not given back".to_owned()], ..Applied::default() };
        let Message { subject, text } = message("r1", &applied, &[]);
        assert_eq!(subject, "costctl: 1 done, 1 stuck, 1 failed, 2 refused");
        let app =
            |space: &str| format!("stop arn:aws:sagemaker:eu-west-1:111122223333:app/d-abc/{space}/JupyterLab/default");
        let (well, stuck, failed) = (app("well"), app("stuck"), app("failed"));
        let expected = format!(
            "costctl sweep, run r1: 1 done, 1 stuck, 1 failed, 2 refused\nno longer billed: 1.000 USD/h\n\n\
             stuck:\n{stuck}: not done within 20m\n\nfailed:\n{failed}: DeleteApp failed:  denied\n\n\
             not as it should be:\nthe lease was not given back\n\n\
             done:\n{well} (unattributed, 1.000 USD/h): idle for 3h\n\n\
             refused, by reason:\nchanged: 2, such as: created anew\n"
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn a_long_message_is_cut_between_lines() {
        let actions: Vec<_> = (0..4_000).map(|n| app(&format!("space-{n}"))).collect();
        let done = actions.iter();
        let done =
            done.map(|action| Done { action, outcome: Outcome::Verified(State::Gone), request_id: None }).collect();
        let Message { subject, text } = message("r1", &Applied { done, ..Applied::default() }, &[]);
        assert!(text.len() <= MOST_BYTES && text.len() > MOST_BYTES - 1_000, "{}", text.len());
        assert!(subject.len() <= 100 && subject.is_ascii());
        let last = text.lines().last().expect("a line");
        let told: usize = last.split(' ').nth(2).and_then(|n| n.parse().ok()).expect("a number");
        assert_eq!(told + text.lines().count() - 1, 4 + 4_000, "{last}");
    }

    #[test]
    fn a_topic_gets_it_in_its_own_region_and_a_refusal_is_told() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let taken = "<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>";
            let error = "<Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>no</Message></Error>";
            let denied = format!("<ErrorResponse>{error}</ErrorResponse>");
            let server = ScriptedHttp::new([(200, taken.to_owned()), (403, denied)]).await;
            let config = server.config().await.into_builder().region(Region::new("us-east-1")).build();
            let topic: Topic = "arn:aws:sns:eu-west-1:111122223333:costctl".parse().expect("a topic");
            let message = Message { subject: "s".to_owned(), text: "t".to_owned() };
            notify(&Consent::of_a_test(), &config, &topic, "r1", &message).await.expect("taken");
            let refused = notify(&Consent::of_a_test(), &config, &topic, "r1", &message).await.expect_err("refused");
            assert!(refused.to_string().contains("AuthorizationError: no"), "{refused}");
            for request in server.asked() {
                assert!(request.contains("/eu-west-1/sns/aws4_request"), "{request}");
                assert!(request.contains("TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A111122223333%3Acostctl"), "{request}");
            }
        });
    }
}
