//! The members of EC2's answers.

use roxmltree::Node;

/// The first member of this name.
pub(in crate::observe) fn child<'a, 'input>(of: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    of.children().find(|node| node.tag_name().name() == name)
}

/// The elements of a list.
pub(in crate::observe) fn items<'a, 'input>(set: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    set.children().filter(|node| node.tag_name().name() == "item")
}

/// The text of a member; `None` where there is none, or nothing but blanks.
pub(in crate::observe) fn text_of(of: Node<'_, '_>, name: &str) -> Option<String> {
    child(of, name)?.text().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}
