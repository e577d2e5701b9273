//! The policies that are attached to a role.

use idle_core::Partition;
use roxmltree::{Document, Node};

use super::CallError;
use super::pages::each_page;
use crate::aws::Session;
use crate::signed_call::{IAM, signed_query};

const LIST: &str = "ListAttachedRolePolicies";
/// IAM is of a whole account: it is asked in this region of each partition (botocore, `partitions.json`).
const HOMES: &[(&str, &str)] = &[
    ("aws-cn", "cn-north-1"),
    ("aws-us-gov", "us-gov-west-1"),
    ("aws-iso", "us-iso-east-1"),
    ("aws-iso-b", "us-isob-east-1"),
    ("aws-iso-e", "eu-isoe-west-1"),
    ("aws-iso-f", "us-isof-south-1"),
    ("aws-eusc", "eusc-de-east-1"),
];

/// The names of the managed policies that are attached to the role of this name. Inline
/// policies have no names that say anything, and are not asked for.
///
/// # Errors
/// When not all could be listed.
pub(super) async fn attached_policies(session: &Session, role: &str) -> Result<Vec<String>, CallError> {
    let home = home(&session.scope.partition);
    let url = IAM.url_by(&session.config, home);
    let url = url.map_err(|error| CallError::unclear(LIST, &error.to_string()))?;
    let ask = async |marker: Option<String>| {
        let mut form = vec![("RoleName".to_owned(), role.to_owned()), ("MaxItems".to_owned(), "1000".to_owned())];
        form.extend(marker.map(|marker| ("Marker".to_owned(), marker)));
        let call = async || Ok(signed_query(&session.config, IAM, (&url, home), LIST, &form).await?);
        let text = session.pace.read(LIST, call).await.map_err(|error| error.of(role))?;
        page(&text).map_err(|why| CallError::unclear(LIST, &why).of(role))
    };
    let mut names = Vec::new();
    each_page(LIST, ask, |page| page.next.clone(), |page| names.extend(page.names)).await?;
    Ok(names)
}

fn home(partition: &Partition) -> &'static str {
    HOMES.iter().find(|(name, _)| *name == partition.as_str()).map_or("us-east-1", |(_, home)| home)
}

/// A page of the listing.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    names: Vec<String>,
    next: Option<String>,
}

/// What an answer of `ListAttachedRolePolicies` holds (IAM API 2010-05-08).
///
/// # Errors
/// In one line, when it is of another form.
fn page(text: &str) -> Result<Page, String> {
    let document = Document::parse(text).map_err(|error| format!("the answer is not XML: {error}"))?;
    let result = child(document.root_element(), "ListAttachedRolePoliciesResult").ok_or("the answer has no result")?;
    let list = child(result, "AttachedPolicies").ok_or("the answer has no AttachedPolicies")?;
    let members = list.children().filter(Node::is_element);
    let names = members.map(|member| text_of(member, "PolicyName").ok_or("a policy has no name"));
    let names = names.collect::<Result<_, _>>()?;
    let is_cut = text_of(result, "IsTruncated").is_some_and(|cut| cut == "true");
    let next = text_of(result, "Marker").filter(|_| is_cut);
    if is_cut && next.is_none() {
        return Err("the answer is cut and has no Marker".to_owned());
    }
    Ok(Page { names, next })
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.tag_name().name() == name)
}

fn text_of(node: Node<'_, '_>, name: &str) -> Option<String> {
    child(node, name)?.text().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_and_one_of_another_form_is_an_error() {
        let of = |inner: &str| {
            let result = format!("<ListAttachedRolePoliciesResult>{inner}</ListAttachedRolePoliciesResult>");
            page(&format!("<ListAttachedRolePoliciesResponse>{result}</ListAttachedRolePoliciesResponse>"))
        };
        let member = "<member><PolicyName>AmazonSageMakerFullAccess</PolicyName><PolicyArn>arn</PolicyArn></member>";
        let names = vec!["AmazonSageMakerFullAccess".to_owned()];
        let list = format!("<AttachedPolicies>{member}</AttachedPolicies>");
        let cut = format!("{list}<IsTruncated>true</IsTruncated><Marker>more</Marker>");
        assert_eq!(of(&cut), Ok(Page { names: names.clone(), next: Some("more".to_owned()) }));
        assert_eq!(of(&format!("{list}<IsTruncated>false</IsTruncated>")), Ok(Page { names, next: None }));
        assert_eq!(of("<AttachedPolicies/>"), Ok(Page { names: vec![], next: None }));
        let nameless = "<AttachedPolicies><member><PolicyArn>arn</PolicyArn></member></AttachedPolicies>".to_owned();
        for odd in [String::new(), nameless, format!("{list}<IsTruncated>true</IsTruncated>")] {
            assert!(of(&odd).is_err(), "{odd}");
        }
        assert!(page("<html>").is_err());
    }
}
