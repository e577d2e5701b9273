//! CloudWatch over the wire: its two protocols, and what it checks.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use ureq::http::Response;

use crate::server::{Server, authorization};

const TARGET: &str = "GraniteServiceVersion20100801";
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

#[test]
fn the_rust_sdks_protocol_is_spoken() {
    let server = Server::start(&[]);
    let now = now();
    // {_ "Namespace": …, "MetricData": [{_ …, "Timestamp": 1(now), "Value": 2.5 }] }, as the SDK writes it.
    let mut body = minicbor::Encoder::new(Vec::new());
    body.begin_map().unwrap().str("Namespace").unwrap().str("IdleAgent").unwrap();
    body.str("MetricData").unwrap().array(1).unwrap().begin_map().unwrap();
    body.str("MetricName").unwrap().str("IdleSeconds").unwrap();
    body.str("Dimensions").unwrap().array(1).unwrap().begin_map().unwrap();
    body.str("Name").unwrap().str("Domain").unwrap().str("Value").unwrap().str("d-1").unwrap().end().unwrap();
    body.str("Timestamp").unwrap().tag(minicbor::data::IanaTag::Timestamp).unwrap().f64(now).unwrap();
    body.str("Value").unwrap().f64(2.5).unwrap().end().unwrap().end().unwrap();
    let body = body.into_writer();

    let answer = cbor(&server, "PutMetricData", &[("content-encoding", "gzip")], &gzip(&body));
    assert_eq!((answer.status().as_u16(), answer.body().len()), (200, 0));
    assert_eq!(answer.headers()["smithy-protocol"], "rpc-v2-cbor");
    assert!(!answer.headers().contains_key("content-type"), "there is no body that would have a type");
    let call = server.calls().pop().unwrap();
    let datum = &call["request"]["MetricData"][0];
    assert_eq!((&call["operation"], &call["service"]), (&json!("PutMetricData"), &json!("monitoring")));
    assert_eq!((&call["request"]["Namespace"], &datum["Value"]), (&json!("IdleAgent"), &json!(2.5)));
    assert_eq!(datum["Dimensions"], json!([{ "Name": "Domain", "Value": "d-1" }]));
    assert_eq!(datum["Timestamp"], now);

    let listed = cbor(&server, "ListMetrics", &[], &[0xa0]);
    assert_eq!(listed.headers()["content-type"], "application/cbor");
    let mut metrics = minicbor::Decoder::new(listed.body());
    assert_eq!(
        (metrics.map().unwrap(), metrics.str().unwrap(), metrics.array().unwrap()),
        (Some(1), "Metrics", Some(1))
    );

    let refused = cbor(&server, "PutMetricData", &[("x-amzn-query-mode", "true")], &[0xa0]);
    assert_eq!(refused.headers()["x-amzn-query-error"], "MissingParameter;Sender");
    let said = String::from_utf8_lossy(refused.body()).into_owned();
    assert!(said.contains("com.amazonaws.cloudwatch#MissingRequiredParameterException"), "{said}");
    assert!(said.contains("The parameter Namespace is required."), "{said}");
    let broken = [("content-encoding", "gzip")];
    for (headers, body) in [(&broken[..], &body[..]), (&[], &[0xff]), (&[("content-encoding", "br")], &body)] {
        let answer = cbor(&server, "PutMetricData", headers, body);
        assert!(String::from_utf8_lossy(answer.body()).contains("SerializationException"), "{answer:?}");
    }
}

#[test]
fn credentials_and_addresses_of_other_services_are_refused() {
    let server = Server::start(&[]);
    let post = |path: &str, service: &str, token: &str| {
        let signed = authorization(KEY, "us-east-1", service);
        let headers =
            [("authorization", signed.as_str()), ("smithy-protocol", "rpc-v2-cbor"), ("x-amz-security-token", token)];
        String::from_utf8_lossy(send(&server, path, &headers, &[0xa0]).body()).into_owned()
    };
    let list = format!("/service/{TARGET}/operation/ListMetrics");
    assert!(post(&list, "sagemaker", "t").contains("InvalidSignatureException"));
    assert!(post(&list, "monitoring", "expired").contains("ExpiredTokenException"));
    assert!(post("/service/Other/operation/ListMetrics", "monitoring", "t").contains("UnknownOperationException"));
    let unknown = format!("/service/{TARGET}/operation/PutAnomalyDetector");
    assert!(post(&unknown, "monitoring", "t").contains("UnknownOperationException"));
    let unsigned = send(&server, &list, &[("smithy-protocol", "rpc-v2-cbor")], &[0xa0]);
    assert_eq!(unsigned.status(), 403);
    assert!(
        server
            .calls()
            .iter()
            .any(|call| call["operation"] == "ListMetrics" && call["error"] == "MissingAuthenticationToken")
    );
}

#[test]
fn what_cloudwatch_would_refuse_is_refused_whole() {
    let server = Server::start(&[]);
    let now = now();
    let put =
        |datum: Value| json!({ "Namespace": "Idle", "MetricData": [{ "MetricName": "good", "Value": 1.0 }, datum] });
    let with = |members: Value| {
        let mut datum = json!({ "MetricName": "m", "Value": 1.0 });
        datum.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        put(datum)
    };
    let dimensions =
        |count: usize| (0..count).map(|n| json!({ "Name": format!("n{n}"), "Value": "v" })).collect::<Vec<_>>();
    let one = json!([{ "MetricName": "m", "Value": 1.0 }]);
    let many: Vec<Value> = (0..1001).map(|_| one[0].clone()).collect();
    for (code, request) in [
        ("MissingParameter", json!({ "MetricData": one })),
        ("MissingParameter", json!({ "Namespace": "Idle" })),
        ("MissingParameter", put(json!({ "Value": 1.0 }))),
        ("InvalidParameterValue", json!({ "Namespace": "AWS/SageMaker", "MetricData": one })),
        ("InvalidParameterValue", json!({ "Namespace": ":Idle", "MetricData": one })),
        ("InvalidParameterValue", json!({ "Namespace": "Idle", "MetricData": many })),
        ("InvalidParameterValue", with(json!({ "Dimensions": dimensions(31) }))),
        ("InvalidParameterValue", with(json!({ "Dimensions": [dimensions(1)[0], dimensions(1)[0]] }))),
        ("InvalidParameterValue", with(json!({ "Dimensions": [{ "Name": "n", "Value": "" }] }))),
        ("InvalidParameterValue", with(json!({ "Dimensions": [{ "Name": "n", "Value": "é" }] }))),
        ("MissingParameter", with(json!({ "Dimensions": [{ "Name": "n" }] }))),
        ("InvalidParameterValue", with(json!({ "Value": "NaN" }))),
        ("InvalidParameterValue", with(json!({ "Value": 1e110 }))),
        ("InvalidParameterValue", with(json!({ "Timestamp": now - 15.0 * 86_400.0 }))),
        ("InvalidParameterValue", with(json!({ "Timestamp": now + 3.0 * 3600.0 }))),
        ("InvalidParameterValue", with(json!({ "Unit": "Minutes" }))),
        ("InvalidParameterValue", with(json!({ "StorageResolution": 30 }))),
        ("InvalidParameterCombination", put(json!({ "MetricName": "m" }))),
        ("InvalidParameterCombination", with(json!({ "Values": [1.0] }))),
        ("InvalidParameterCombination", with(json!({ "Counts": [1.0] }))),
        ("InvalidParameterValue", put(json!({ "MetricName": "m", "Values": [1.0, 2.0], "Counts": [1.0] }))),
        ("InvalidParameterValue", put(json!({ "MetricName": "m", "Values": vec![1.0; 151] }))),
        (
            "MissingParameter",
            put(json!({ "MetricName": "m", "StatisticValues": { "Sum": 1.0, "Minimum": 1.0, "Maximum": 1.0 } })),
        ),
    ] {
        assert_eq!(refused(&server, "PutMetricData", &request), code, "{request}");
    }
    assert_eq!(ok(&server, "ListMetrics", &json!({})), json!({ "Metrics": [] }), "not even the good half is stored");

    let large = json!({ "Namespace": "x".repeat(1 << 20) }).to_string();
    let answer = request(&server, "PutMetricData", &[], large.as_bytes());
    assert_eq!(answer.status(), 413);
    let packed = request(&server, "PutMetricData", &[("content-encoding", "gzip")], &gzip(large.as_bytes()));
    assert_eq!(packed.headers()["x-amzn-query-error"], "InvalidParameterValue;Sender", "a packed one is read");
}

#[test]
fn data_comes_back_by_period_and_in_pages() {
    let server = Server::start(&[]);
    let hour = (now() / 3600.0).floor() * 3600.0 - 7200.0;
    let datum = |minute: f64, rest: Value| {
        let mut datum = json!({ "MetricName": "m", "Timestamp": hour + 60.0 * minute + 7.0, "Unit": "Seconds",
            "Dimensions": [{ "Name": "b", "Value": "2" }, { "Name": "a", "Value": "1" }] });
        datum.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        datum
    };
    let statistics = json!({ "SampleCount": 4.0, "Sum": 10.0, "Minimum": 1.0, "Maximum": 6.0 });
    let data = [
        datum(0.0, json!({ "Value": 1.0 })),
        datum(0.0, json!({ "Value": 3.0 })),
        datum(1.0, json!({ "Values": [2.0, 8.0], "Counts": [3.0, 1.0] })),
        datum(5.0, json!({ "StatisticValues": statistics })),
        datum(5.0, json!({ "Value": 100.0, "Unit": "Count" })),
    ];
    ok(&server, "PutMetricData", &json!({ "Namespace": "Idle", "MetricData": data }));
    let query = |id: &str, stat: &str, period: u64| {
        let dimensions = [json!({ "Name": "a", "Value": "1" }), json!({ "Name": "b", "Value": "2" })];
        let metric = json!({ "Namespace": "Idle", "MetricName": "m", "Dimensions": dimensions });
        json!({ "Id": id, "MetricStat": { "Metric": metric, "Period": period, "Stat": stat, "Unit": "Seconds" } })
    };
    let ask = |queries: Value, more: Value| {
        let mut request = json!({ "MetricDataQueries": queries, "StartTime": hour + 30.0, "EndTime": hour + 3600.0,
            "ScanBy": "TimestampAscending" });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        request
    };
    for (stat, period, values) in [
        ("Sum", 60, json!([4.0, 14.0, 10.0])),
        ("SampleCount", 60, json!([2.0, 4.0, 4.0])),
        ("Average", 60, json!([2.0, 3.5, 2.5])),
        ("Minimum", 300, json!([1.0, 1.0])),
        ("Maximum", 300, json!([8.0, 6.0])),
    ] {
        let answer = ok(&server, "GetMetricData", &ask(json!([query("q", stat, period)]), json!({})));
        let result = &answer["MetricDataResults"][0];
        assert_eq!((&result["Values"], &result["StatusCode"]), (&values, &json!("Complete")), "{stat}");
        assert_eq!(result["Timestamps"][0], hour);
    }

    let three = json!([query("a", "Sum", 60), query("none", "Sum", 60), query("c", "Sum", 300)]);
    let three = Value::Array(
        three
            .as_array()
            .unwrap()
            .iter()
            .cloned()
            .map(|mut query| {
                if query["Id"] == "none" {
                    query["MetricStat"]["Unit"] = json!("Bytes");
                }
                query
            })
            .collect(),
    );
    let (mut pages, mut token) = (Vec::new(), Value::Null);
    loop {
        let more = json!({ "MaxDatapoints": 2, "NextToken": token, "ScanBy": "TimestampDescending" });
        let answer = ok(&server, "GetMetricData", &ask(three.clone(), more));
        let of = |n: usize| {
            let result = &answer["MetricDataResults"][n];
            (result["Values"].clone(), result["StatusCode"].as_str().unwrap().to_owned())
        };
        pages.push([of(0), of(1), of(2)]);
        token = answer["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    let complete = |values: Value| (values, "Complete".to_owned());
    let partial = |values: Value| (values, "PartialData".to_owned());
    assert_eq!(
        pages,
        [
            [partial(json!([10.0, 14.0])), complete(json!([])), partial(json!([]))],
            [complete(json!([4.0])), complete(json!([])), partial(json!([10.0]))],
            [complete(json!([])), complete(json!([])), complete(json!([18.0]))],
        ]
    );
    let one = || json!([query("q", "Sum", 60)]);
    for (code, request) in [
        ("InvalidNextToken", ask(one(), json!({ "NextToken": "x" }))),
        ("ValidationError", ask(json!([]), json!({}))),
        ("ValidationError", ask(json!([query("Q", "Sum", 60)]), json!({}))),
        ("ValidationError", ask(json!([query("q", "Sum", 61)]), json!({}))),
        ("ValidationError", ask(json!([query("q", "p99", 60)]), json!({}))),
        ("ValidationError", ask(json!([query("q", "Sum", 60), query("q", "Sum", 60)]), json!({}))),
        ("ValidationError", ask(json!([{ "Id": "q", "Expression": "SUM(METRICS())" }]), json!({}))),
        ("ValidationError", ask(one(), json!({ "EndTime": hour }))),
        ("ValidationError", ask(one(), json!({ "MaxDatapoints": 0 }))),
    ] {
        assert_eq!(refused(&server, "GetMetricData", &request), code, "{request}");
    }
}

#[test]
fn metrics_are_listed_by_filter_in_pages_of_five_hundred() {
    let server = Server::start(&[]);
    let data: Vec<Value> = (0..600)
        .map(|n| {
            let owner = if n % 2 == 0 { "ada" } else { "bob" };
            let dimensions =
                json!([{ "Name": "Owner", "Value": owner }, { "Name": "App", "Value": format!("a{n:03}") }]);
            json!({ "MetricName": "m", "Value": 1.0, "Dimensions": dimensions })
        })
        .collect();
    ok(&server, "PutMetricData", &json!({ "Namespace": "Idle", "MetricData": data }));
    let old = json!([{ "MetricName": "old", "Value": 1.0, "Timestamp": now() - 4.0 * 3600.0 }]);
    ok(&server, "PutMetricData", &json!({ "Namespace": "Other", "MetricData": old }));
    let count = |request: Value| ok(&server, "ListMetrics", &request)["Metrics"].as_array().unwrap().len();
    let first = ok(&server, "ListMetrics", &json!({ "Namespace": "Idle" }));
    assert_eq!(first["Metrics"].as_array().unwrap().len(), 500);
    assert_eq!(count(json!({ "Namespace": "Idle", "NextToken": first["NextToken"] })), 100);
    for (filter, expected) in [
        (json!({ "Dimensions": [{ "Name": "Owner", "Value": "ada" }] }), 300),
        (json!({ "Dimensions": [{ "Name": "Owner", "Value": "ada" }, { "Name": "App", "Value": "a001" }] }), 0),
        (json!({ "Dimensions": [{ "Name": "Owner", "Value": "bob" }, { "Name": "App", "Value": "a001" }] }), 1),
        (json!({ "Dimensions": [{ "Name": "Nobody" }] }), 0),
        (json!({ "MetricName": "old" }), 1),
        (json!({ "MetricName": "old", "RecentlyActive": "PT3H" }), 0),
        (json!({ "Namespace": "id" }), 0),
    ] {
        assert_eq!(count(filter.clone()), expected, "{filter}");
    }
    assert_eq!(refused(&server, "ListMetrics", &json!({ "NextToken": "x" })), "InvalidParameterValue");
    let elsewhere = authorization("AKIA444455556666AAAA", "us-east-1", "monitoring");
    let headers = [("x-amz-target", format!("{TARGET}.ListMetrics")), ("authorization", elsewhere)];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(server.send("POST", "/", &headers, "{}").unwrap().body(), r#"{"Metrics":[]}"#);
}

#[test]
fn faults_hit_metric_data_by_its_own_names() {
    let server = Server::start(&[]);
    let put = json!({ "Namespace": "Idle", "MetricData": [{ "MetricName": "m", "Value": 1.0 }] });
    for (kind, status, code) in [
        ("throttle", 400, "Throttling;Sender"),
        ("deny", 403, "AccessDenied;Sender"),
        ("internal-error", 500, "InternalServiceError;Receiver"),
        ("expired-token", 400, "ExpiredToken;Sender"),
    ] {
        server.faults(&format!("[[fault]]\noperation = \"PutMetricData\"\nkind = \"{kind}\"\ntimes = 1\n"));
        let answer = request(&server, "PutMetricData", &[], put.to_string().as_bytes());
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["x-amzn-query-error"]),
            (status, &code.parse().unwrap())
        );
        let said = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(
            kind != "deny" || said.contains("not authorized to perform: cloudwatch:PutMetricData because"),
            "{said}"
        );
        ok(&server, "PutMetricData", &put);
    }
    server.faults("[[fault]]\noperation = \"PutMetricData\"\nkind = \"drop\"\ntimes = 1\n");
    let signed = authorization(KEY, "us-east-1", "monitoring");
    let headers = [("x-amz-target", format!("{TARGET}.PutMetricData")), ("authorization", signed)];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert!(server.send("POST", "/", &headers, &put.to_string()).is_err());
    let puts = || server.calls().into_iter().filter(|call| call["operation"] == "PutMetricData");
    assert_eq!(puts().filter(|call| call["error"].is_null()).count(), 4);
    assert_eq!(puts().next_back().unwrap()["error"], "dropped");
    assert!(puts().all(|call| call["request"] == put), "a call that fails is noted whole");
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as f64
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(body).unwrap();
    packed.finish().unwrap()
}

/// One signed request in boto3's protocol.
fn request(server: &Server, operation: &str, headers: &[(&str, &str)], body: &[u8]) -> Response<Vec<u8>> {
    let (target, signed) = (format!("{TARGET}.{operation}"), authorization(KEY, "us-east-1", "monitoring"));
    let own = [("x-amz-target", target.as_str()), ("authorization", &signed), ("x-amzn-query-mode", "true")];
    send(server, "/", &[&own, headers].concat(), body)
}

/// The answer of an operation that must succeed.
fn ok(server: &Server, operation: &str, body: &Value) -> Value {
    let answer = request(server, operation, &[], body.to_string().as_bytes());
    assert_eq!(answer.status(), 200, "{operation}: {}", String::from_utf8_lossy(answer.body()));
    assert_eq!(answer.headers()["content-type"], "application/x-amz-json-1.0");
    serde_json::from_slice(answer.body()).unwrap()
}

/// The code that an SDK shows for a refusal.
fn refused(server: &Server, operation: &str, body: &Value) -> String {
    let answer = request(server, operation, &[], body.to_string().as_bytes());
    assert_eq!(answer.status(), 400, "{operation} {body}");
    let named = answer.headers()["x-amzn-query-error"].to_str().unwrap();
    named.strip_suffix(";Sender").unwrap().to_owned()
}

/// One signed request in the Rust SDK's protocol.
fn cbor(server: &Server, operation: &str, headers: &[(&str, &str)], body: &[u8]) -> Response<Vec<u8>> {
    let signed = authorization(KEY, "us-east-1", "monitoring");
    let own =
        [("authorization", signed.as_str()), ("smithy-protocol", "rpc-v2-cbor"), ("content-type", "application/cbor")];
    send(server, &format!("/service/{TARGET}/operation/{operation}"), &[&own, headers].concat(), body)
}

fn send(server: &Server, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response<Vec<u8>> {
    server.send_bytes("POST", path, headers, body).unwrap()
}
