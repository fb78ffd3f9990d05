//! `java.util.TreeMap`'s way of putting a new key in place.
//!
//! Java's comparator of candidates calls no two of them equal and is not consistent, so that their order depends on how
//! the tree is balanced. The balancing is that of every red-black tree.

use std::cmp::Ordering;

/// Where a node hangs: to the left or to the right of its parent.
const LEFT: usize = 0;
const RIGHT: usize = 1;

struct Node<K> {
    key: K,
    parent: Option<usize>,
    children: [Option<usize>; 2],
    red: bool,
}

/// Keys in an order that only insertion defines.
pub(super) struct Tree<K> {
    nodes: Vec<Node<K>>,
    root: Option<usize>,
}

impl<K: Copy> Tree<K> {
    pub(super) fn new() -> Self {
        Self {
            nodes: Vec::new(),
            root: None,
        }
    }

    /// Puts a key in its place, unless it meets an equal one on its way there.
    pub(super) fn insert(&mut self, key: K, compare: impl Fn(K, K) -> Ordering) {
        let mut parent = None;
        let mut side = LEFT;
        let mut next = self.root;
        while let Some(at) = next {
            side = match compare(key, self.nodes[at].key) {
                Ordering::Less => LEFT,
                Ordering::Greater => RIGHT,
                Ordering::Equal => return,
            };
            parent = Some(at);
            next = self.nodes[at].children[side];
        }
        let new = self.nodes.len();
        self.nodes.push(Node {
            key,
            parent,
            children: [None, None],
            red: true,
        });
        match parent {
            Some(parent) => self.nodes[parent].children[side] = Some(new),
            None => self.root = Some(new),
        }
        self.balance(new);
    }

    /// The keys from left to right.
    pub(super) fn into_keys(self) -> Vec<K> {
        let mut keys = Vec::with_capacity(self.nodes.len());
        let mut above = Vec::new();
        let mut next = self.root;
        loop {
            while let Some(at) = next {
                above.push(at);
                next = self.nodes[at].children[LEFT];
            }
            let Some(at) = above.pop() else {
                return keys;
            };
            keys.push(self.nodes[at].key);
            next = self.nodes[at].children[RIGHT];
        }
    }

    fn is_red(&self, node: Option<usize>) -> bool {
        node.is_some_and(|node| self.nodes[node].red)
    }

    /// `fixAfterInsertion`: no red node stays below a red one.
    fn balance(&mut self, new: usize) {
        let mut node = new;
        while let Some(parent) = self.nodes[node].parent
            && self.nodes[parent].red
            && let Some(grandparent) = self.nodes[parent].parent
        {
            let side = usize::from(self.nodes[grandparent].children[RIGHT] == Some(parent));
            let uncle = self.nodes[grandparent].children[1 - side];
            if let Some(uncle) = uncle
                && self.is_red(Some(uncle))
            {
                self.nodes[parent].red = false;
                self.nodes[uncle].red = false;
                self.nodes[grandparent].red = true;
                node = grandparent;
                continue;
            }
            let mut upper = parent;
            if self.nodes[parent].children[1 - side] == Some(node) {
                self.rotate(parent, side);
                upper = node;
                node = parent;
            }
            self.nodes[upper].red = false;
            self.nodes[grandparent].red = true;
            self.rotate(grandparent, 1 - side);
        }
        if let Some(root) = self.root {
            self.nodes[root].red = false;
        }
    }

    /// Turns `node` down to `side`; its other child takes its place.
    fn rotate(&mut self, node: usize, side: usize) {
        let Some(up) = self.nodes[node].children[1 - side] else {
            return;
        };
        let inner = self.nodes[up].children[side];
        self.nodes[node].children[1 - side] = inner;
        if let Some(inner) = inner {
            self.nodes[inner].parent = Some(node);
        }
        let above = self.nodes[node].parent;
        self.nodes[up].parent = above;
        match above {
            Some(above) => {
                let place = usize::from(self.nodes[above].children[RIGHT] == Some(node));
                self.nodes[above].children[place] = Some(up);
            }
            None => self.root = Some(up),
        }
        self.nodes[up].children[side] = Some(node);
        self.nodes[node].parent = Some(up);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_out_in_order() {
        let mut tree = Tree::new();
        for key in 0..100_u32 {
            tree.insert(key * 37 % 100, |one, other| one.cmp(&other));
            tree.insert(key * 37 % 100, |one, other| one.cmp(&other));
        }
        assert_eq!(tree.into_keys(), (0..100).collect::<Vec<_>>());
    }
}
