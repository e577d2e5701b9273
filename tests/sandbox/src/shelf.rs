//! The resources of one kind: what is due of them, and the orders in which they were
//! listed. A region may hold 100,000 of a kind, and a request that asks for one or
//! for a page must not look at all of them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Deref;
use std::sync::Arc;

use serde_json::Value;

use crate::error::ApiError;
use crate::resource::Resource;

/// More than the lists that clients page through at the same time.
const MOST_ORDERS: usize = 16;

/// Resources by what names them. Reading is that of a map; whatever changes one goes
/// through this type, which so knows when an order is no longer right.
#[derive(Debug)]
pub(crate) struct Shelf<K> {
    resources: BTreeMap<K, Resource>,
    /// When a resource may change by itself, as bits: those of positive numbers order as the numbers do.
    due: BTreeSet<(u64, K)>,
    /// Those that may have another time for that.
    touched: Vec<K>,
    /// By question, the latest last.
    orders: RefCell<VecDeque<(String, Arc<Vec<K>>)>>,
}

impl<K> Default for Shelf<K> {
    fn default() -> Self {
        Self {
            resources: BTreeMap::new(),
            due: BTreeSet::new(),
            touched: Vec::new(),
            orders: RefCell::new(VecDeque::new()),
        }
    }
}

impl<K> Deref for Shelf<K> {
    type Target = BTreeMap<K, Resource>;

    fn deref(&self) -> &Self::Target {
        &self.resources
    }
}

impl<K: Ord + Clone> Shelf<K> {
    /// Puts a resource there, also in another's place.
    pub(crate) fn insert(&mut self, key: K, resource: Resource) {
        self.orders.get_mut().clear();
        self.touched.push(key.clone());
        self.resources.insert(key, resource);
    }

    /// A resource, to change it.
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut Resource> {
        self.orders.get_mut().clear();
        let resource = self.resources.get_mut(key)?;
        self.touched.push(key.clone());
        Some(resource)
    }

    /// Takes a resource away at once.
    pub(crate) fn remove(&mut self, key: &K) -> Option<Resource> {
        self.orders.get_mut().clear();
        self.resources.remove(key)
    }

    /// Does what is due, and tells which resources are gone.
    pub(crate) fn settle(&mut self, now: f64, mut gone: impl FnMut(&Resource)) {
        for key in std::mem::take(&mut self.touched) {
            self.expect(key);
        }
        while self.due.first().is_some_and(|(at, _)| *at <= now.to_bits()) {
            let Some((_, key)) = self.due.pop_first() else { break };
            let Some(resource) = self.resources.get_mut(&key) else { continue };
            self.orders.get_mut().clear();
            if resource.settle(now) {
                self.expect(key);
            } else {
                gone(resource);
                self.resources.remove(&key);
            }
        }
    }

    /// The keys in the order that a question asks for, which `sorted` finds unless it
    /// was asked since anything changed.
    ///
    /// # Errors
    /// Those of `sorted`.
    pub(crate) fn order(
        &self,
        question: &Value,
        sorted: impl FnOnce(&BTreeMap<K, Resource>) -> Result<Vec<K>, ApiError>,
    ) -> Result<Arc<Vec<K>>, ApiError> {
        let question = question.to_string();
        let mut orders = self.orders.borrow_mut();
        if let Some((_, order)) = orders.iter().find(|(asked, _)| *asked == question) {
            return Ok(Arc::clone(order));
        }
        let order = Arc::new(sorted(&self.resources)?);
        if orders.len() == MOST_ORDERS {
            orders.pop_front();
        }
        orders.push_back((question, Arc::clone(&order)));
        Ok(order)
    }

    fn expect(&mut self, key: K) {
        let at = self.resources.get(&key).map_or(f64::INFINITY, Resource::changes_at);
        if at.is_finite() {
            self.due.insert((at.to_bits(), key));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shelf(names: &[&str]) -> Shelf<String> {
        let mut shelf = Shelf::default();
        for name in names {
            shelf.insert((*name).to_owned(), Resource::given(json!({ "Name": name })));
        }
        shelf
    }

    #[test]
    fn an_order_is_found_once_until_something_changes() {
        let mut shelf = shelf(&["b", "a"]);
        let found = std::cell::Cell::new(0);
        let order = |shelf: &Shelf<String>, question: &str| {
            let sorted = |resources: &BTreeMap<String, Resource>| {
                found.set(found.get() + 1);
                Ok(resources.keys().cloned().collect())
            };
            shelf.order(&json!({ "SortBy": question }), sorted).ok().map(|order| order.join(" "))
        };
        assert_eq!([(); 3].map(|()| order(&shelf, "Name")), [(); 3].map(|()| Some("a b".to_owned())));
        assert_eq!(found.get(), 1);
        order(&shelf, "CreationTime");
        order(&shelf, "Name");
        assert_eq!(found.get(), 2, "another question is another order");
        shelf.insert("c".to_owned(), Resource::given(json!({})));
        assert_eq!(order(&shelf, "Name").as_deref(), Some("a b c"));
        assert!(shelf.get_mut(&"a".to_owned()).is_some());
        order(&shelf, "Name");
        shelf.remove(&"a".to_owned());
        assert_eq!(order(&shelf, "Name").as_deref(), Some("b c"));
        assert_eq!(found.get(), 5);
        assert!(shelf.order(&json!({}), |_| Err(ApiError::validation("no"))).is_err(), "no refusal is remembered");
        (0..100).for_each(|n| drop(order(&shelf, &n.to_string())));
        assert_eq!(shelf.orders.borrow().len(), MOST_ORDERS);
    }
}
