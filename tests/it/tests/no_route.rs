//! A VPC without a way out: in a network that has a loopback alone, where the local AWS
//! listens, agent, script and `costctl` do their work, and nothing else is even tried. The
//! kernel counts what it has no route for.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "no_route/agent.rs"]
mod agent;
#[path = "no_route/costctl.rs"]
mod costctl;

use std::net::{TcpStream, UdpSocket};

use studio_parts::no_route::NoRoute;

/// What the other tests rest on: whoever tries is counted, by connection and by datagram.
#[test]
fn whoever_tries_is_counted() {
    let Some(network) = NoRoute::within("whoever_tries_is_counted", &[]).unwrap() else { return };
    assert_eq!(network.tried().unwrap(), 0);
    assert!(TcpStream::connect("192.0.2.1:443").is_err());
    let after_one = network.tried().unwrap();
    assert!(after_one > 0, "a connection is not counted");
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    assert!(socket.send_to(b"a name?", "192.0.2.53:53").is_err());
    let after_two = network.tried().unwrap();
    assert!(after_two > after_one, "a datagram is not counted");
    assert!(std::net::ToSocketAddrs::to_socket_addrs("sagemaker.us-east-1.amazonaws.com:443").is_err());
    assert!(network.tried().unwrap() > after_two, "a name is not counted");
}
