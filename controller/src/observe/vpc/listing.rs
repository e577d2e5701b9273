//! EC2's listings of what stands in a VPC, all of their pages.

use reqwest::Url;
use roxmltree::{Document, Node};

use super::super::CallError;
use super::super::pages::each_page;
use super::xml::{child, items, text_of};
use crate::aws::Session;
use crate::signed_call::{EC2, signed_query};

/// Elements of a page: the most that every one of these operations takes.
const PAGE: &str = "100";

/// Every element of a listing, in the order of its pages.
///
/// # Errors
/// When a page could not be read, or an element of it is of another form.
pub(super) async fn listed<T>(
    session: &Session,
    url: &Url,
    operation: &'static str,
    vpc: &str,
    set: &str,
    read: impl Fn(Node<'_, '_>) -> Result<T, String>,
) -> Result<Vec<T>, CallError> {
    let ask = async |token: Option<String>| {
        let form = form(vpc, token);
        let place = (url, session.scope.region.as_str());
        let call = async || Ok(signed_query(&session.config, EC2, place, operation, &form).await?);
        let text = session.pace.read(operation, call).await.map_err(|error| error.of(vpc))?;
        page(&text, set, &read).map_err(|why| CallError::unclear(operation, &why).of(vpc))
    };
    let mut all = Vec::new();
    each_page(operation, ask, |(_, next)| next.clone(), |(some, _)| all.extend(some)).await?;
    Ok(all)
}

fn form(vpc: &str, token: Option<String>) -> Vec<(String, String)> {
    let mut form = vec![
        ("MaxResults".to_owned(), PAGE.to_owned()),
        ("Filter.1.Name".to_owned(), "vpc-id".to_owned()),
        ("Filter.1.Value.1".to_owned(), vpc.to_owned()),
    ];
    form.extend(token.map(|token| ("NextToken".to_owned(), token)));
    form
}

/// The elements of a page, and the token of the next one.
fn page<T>(
    text: &str,
    set: &str,
    read: &impl Fn(Node<'_, '_>) -> Result<T, String>,
) -> Result<(Vec<T>, Option<String>), String> {
    let document = Document::parse(text).map_err(|error| format!("the answer is not XML: {error}"))?;
    let root = document.root_element();
    let elements = child(root, set).ok_or_else(|| format!("the answer has no {set}"))?;
    Ok((items(elements).map(read).collect::<Result<_, _>>()?, text_of(root, "nextToken")))
}
