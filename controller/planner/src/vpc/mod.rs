//! What a domain's VPC lets through: which endpoints its apps need, which of them stand,
//! and whether their policies let the calls through that agent and controller make.

mod calls;
mod judge;
mod needs;
mod policy;
mod report;
mod seen;

pub use calls::{Buckets, Call, Caller};
pub use judge::judge;
pub use policy::{Answer, Request, answer};
pub use report::{CallAnswer, DomainReport, Network, ServiceRow, Standing};
pub use seen::{
    DefaultRoute, DomainNetwork, Endpoint, EndpointKind, Group, Groups, Ingress, RouteTable, Subnet, VpcSeen,
};
