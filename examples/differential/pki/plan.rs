//! A PKI before it is written.

use std::sync::LazyLock;

use super::random::Random;
use crate::generator::crl::Crl;
use crate::generator::extension as ext;
use crate::generator::key::Key;
use crate::generator::pki::{Builder, Certificate, name};
use crate::generator::stored::Hash;
use jiff::Timestamp;

use crate::generator::der;

/// The time that a case is made for.
#[derive(Clone, Copy, Debug)]
pub struct When {
    /// Seconds since 1970.
    pub at: i64,
    /// Whether the verifier's clock shows just that, so that one second matters.
    pub exact: bool,
}

/// A certificate that will be issued.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What will be encoded. It has a serial from the start, for CRLs and key identifiers to refer to.
    pub builder: Builder,
    /// The hash of its signature, where the signer can use it.
    pub hash: Option<Hash>,
    /// Whether its signature is RSASSA-PSS, where the signer can make such.
    pub pss: bool,
    /// Trust settings, which make it a TRUSTED CERTIFICATE in the bundle.
    pub trust: Option<Vec<u8>>,
    /// A replacement of some octets of the DER, made after signing.
    pub signature_of_zero_length: bool,
}

/// An accident in a PEM file: what the bytes become.
pub type Accident = fn(Vec<u8>) -> Vec<u8>;

/// Everything about a case that is not written yet.
#[derive(Debug)]
pub struct Plan {
    pub random: Random,
    pub when: When,
    pub faults: Vec<String>,
    pub certificates: Vec<Planned>,
    /// The client's certificate, its issuer, and so on to the root.
    pub chain: Vec<usize>,
    pub bundle: Vec<usize>,
    pub sent: Vec<usize>,
    /// The CRLs, if revocation is checked.
    pub lists: Option<Vec<Crl>>,
    /// Lists that stand in the bundle.
    pub bundled_lists: Vec<Crl>,
    pub accidents: Vec<Accident>,
    pub depth: Option<u32>,
    pub level: u8,
    keys: usize,
}

/// P-256 keys; making them anew for each case would take most of the time.
static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
    let key = |number| Key::p256(&format!("differential {number}"));
    (0..24).map(key).collect()
});

const DAY: i64 = 86_400;
const YEAR: i64 = 365 * DAY;

/// A moment as RFC 5280 §4.1.2.5 wants it encoded.
pub fn time(at: i64) -> Vec<u8> {
    let timestamp = Timestamp::from_second(at).expect("times here are in this century");
    let text = timestamp.strftime("%Y%m%d%H%M%SZ").to_string();
    if text.as_str() < "2050" {
        der::utc_time(&text[2..])
    } else {
        der::generalized_time(&text)
    }
}

impl Planned {
    pub fn new(builder: Builder) -> Self {
        Self {
            builder,
            hash: None,
            pss: false,
            trust: None,
            signature_of_zero_length: false,
        }
    }

    /// Changes the builder, whose methods take it by value.
    pub fn change(&mut self, change: impl FnOnce(Builder) -> Builder) {
        self.builder = change(self.builder.clone());
    }

    pub fn is_self_issued(&self) -> bool {
        self.builder.subject == self.builder.issuer
    }

    /// What others refer to, without its DER.
    pub fn reference(&self) -> Certificate {
        Certificate {
            der: Vec::new(),
            subject: self.builder.subject.clone(),
            issuer: self.builder.issuer.clone(),
            serial: self.serial(),
            key: self.builder.key.clone(),
        }
    }

    pub fn serial(&self) -> Vec<u8> {
        self.builder.serial.clone().unwrap_or_default()
    }
}

impl Plan {
    /// A chain without a fault, of no to four intermediates.
    pub fn new(mut random: Random, when: When) -> Self {
        let intermediates = random.weighted(&[14, 42, 30, 10, 4]);
        let mut plan = Self {
            random,
            when,
            faults: Vec::new(),
            certificates: Vec::new(),
            chain: Vec::new(),
            bundle: Vec::new(),
            sent: Vec::new(),
            lists: None,
            bundled_lists: Vec::new(),
            accidents: Vec::new(),
            depth: None,
            level: 1,
            keys: 0,
        };
        let mut chain = vec![plan.add_root("CN=Root CA,O=Example")];
        for number in 0..intermediates {
            let above = chain[number];
            chain.push(plan.add_intermediate(&format!("CN=CA {number},O=Example"), above));
        }
        let issuer = chain[intermediates];
        chain.push(plan.add_leaf("CN=client,O=Example", issuer));
        chain.reverse();
        plan.bundle = chain[1..].to_vec();
        plan.chain = chain;
        plan.deal();
        plan
    }

    /// What the server has and what the client sends, and a few things that are no faults.
    fn deal(&mut self) {
        let cas = self.bundle.clone();
        let root = cas[cas.len() - 1];
        match self.random.weighted(&[40, 20, 20, 10, 10]) {
            // The client sends its certificate alone.
            0 => {}
            // Both have everything.
            1 => self.sent = cas[..cas.len() - 1].to_vec(),
            // The server has the root only.
            2 => {
                self.sent = cas[..cas.len() - 1].to_vec();
                self.bundle = vec![root];
            }
            // The root is sent, too.
            3 => self.sent.clone_from(&cas),
            // Each intermediate is with one of the two.
            _ => {
                let (bundle, sent) = cas[..cas.len() - 1]
                    .iter()
                    .partition(|_| self.random.chance(50));
                self.bundle = bundle;
                self.bundle.push(root);
                self.sent = sent;
            }
        }
        if self.random.chance(20) {
            self.bundle.reverse();
        }
        if self.random.chance(15) {
            // Without key identifiers.
            for planned in &mut self.certificates {
                planned.change(|builder| builder.without(ext::AUTHORITY_KEY_IDENTIFIER));
                if self.random.chance(50) {
                    planned.change(|builder| builder.without(ext::SUBJECT_KEY_IDENTIFIER));
                }
            }
        }
        self.level = [0, 1, 2, 3][self.random.weighted(&[40, 30, 28, 2])];
        if self.random.chance(25) {
            let depth = self.random.below(5);
            self.depth = Some(u32::try_from(depth).expect("it is below 5"));
        }
    }

    pub fn fresh_key(&mut self) -> Key {
        self.keys += 1;
        KEYS[(self.keys - 1) % KEYS.len()].clone()
    }

    pub fn fresh_serial(&mut self) -> Vec<u8> {
        let mut serial = self.random.octets(8);
        serial[0] = serial[0] & 0x3f | 0x40;
        serial
    }

    /// Adds what the builder describes, valid from a year ago for three years.
    pub fn add(&mut self, builder: Builder) -> usize {
        let mut builder = builder;
        builder.not_before = time(self.when.at - YEAR);
        builder.not_after = time(self.when.at + 2 * YEAR);
        builder.serial = Some(self.fresh_serial());
        self.add_planned(Planned::new(builder))
    }

    pub fn add_planned(&mut self, planned: Planned) -> usize {
        self.certificates.push(planned);
        self.certificates.len() - 1
    }

    pub fn add_root(&mut self, subject: &str) -> usize {
        let key = self.fresh_key();
        let root = Builder::root(subject, key);
        let root = if self.random.chance(30) {
            let identifier = root.key.identifier();
            root.with(ext::authority_key_identifier(&identifier))
        } else {
            root
        };
        self.add(root)
    }

    pub fn add_intermediate(&mut self, subject: &str, issuer: usize) -> usize {
        let key = self.fresh_key();
        let issuer = self.certificates[issuer].reference();
        let builder = Builder::intermediate(subject, key, &issuer);
        self.add(builder.with(ext::basic_constraints(true, None)))
    }

    pub fn add_leaf(&mut self, subject: &str, issuer: usize) -> usize {
        let key = self.fresh_key();
        let issuer = self.certificates[issuer].reference();
        self.add(Builder::leaf(subject, key, &issuer))
    }

    /// A copy under another serial.
    pub fn add_copy(&mut self, of: usize) -> usize {
        let mut copy = self.certificates[of].clone();
        copy.builder.serial = Some(self.fresh_serial());
        self.add_planned(copy)
    }

    /// One certificate of the chain, the client's included.
    pub fn any_of_chain(&mut self) -> usize {
        *self.random.pick(&self.chain)
    }

    /// One CA of the chain.
    pub fn any_ca(&mut self) -> usize {
        *self.random.pick(&self.chain[1..])
    }

    /// One intermediate of the chain, if it has any.
    pub fn any_intermediate(&mut self) -> Option<usize> {
        let all = &self.chain[1..self.chain.len() - 1];
        (!all.is_empty()).then(|| *self.random.pick(all))
    }

    pub fn leaf(&self) -> usize {
        self.chain[0]
    }

    pub fn root(&self) -> usize {
        self.chain[self.chain.len() - 1]
    }

    /// Where a certificate stands, for the description of a fault.
    pub fn place(&self, index: usize) -> String {
        match self.chain.iter().position(|each| *each == index) {
            Some(0) => "client".to_owned(),
            Some(at) if at + 1 == self.chain.len() => "root".to_owned(),
            Some(at) => format!("CA at {at}"),
            None => format!("extra {index}"),
        }
    }

    pub fn change(&mut self, index: usize, change: impl FnOnce(Builder) -> Builder) {
        self.certificates[index].change(change);
    }

    /// Gives whoever has the key `old` the key `new`, whatever it signed included.
    pub fn replace_key(&mut self, old: &Key, new: &Key) {
        let ski = ext::subject_key_identifier(&old.identifier());
        let aki = ext::authority_key_identifier(&old.identifier());
        for Planned { builder, .. } in &mut self.certificates {
            if builder.key == *old {
                builder.key = new.clone();
            }
            if builder.issuer_key == *old {
                builder.issuer_key = new.clone();
            }
            for extension in &mut builder.extensions {
                if *extension == ski {
                    *extension = ext::subject_key_identifier(&new.identifier());
                } else if *extension == aki {
                    *extension = ext::authority_key_identifier(&new.identifier());
                }
            }
        }
        for list in self.lists.iter_mut().flatten() {
            if list.key == *old {
                list.key = new.clone();
            }
        }
    }

    /// Puts a certificate into the bundle, what is sent, or both, at any place.
    pub fn insert_anywhere(&mut self, index: usize) {
        let kind = self.random.weighted(&[60, 30, 10]);
        if kind != 1 {
            let at = self.random.below(self.bundle.len() + 1);
            self.bundle.insert(at, index);
        }
        if kind != 0 {
            let at = self.random.below(self.sent.len() + 1);
            self.sent.insert(at, index);
        }
    }

    /// Puts a certificate beside another wherever that stands, before or behind it.
    pub fn insert_beside(&mut self, index: usize, other: usize) {
        let before = self.random.chance(50);
        for list in [&mut self.bundle, &mut self.sent] {
            if let Some(at) = list.iter().position(|each| *each == other) {
                list.insert(at + usize::from(!before), index);
            }
        }
    }

    /// Lists of all CAs, which revoke nobody, unless there are lists already.
    pub fn need_lists(&mut self) -> &mut Vec<Crl> {
        let Self {
            lists,
            certificates,
            chain,
            when,
            ..
        } = self;
        lists.get_or_insert_with(|| {
            let list = |ca: &usize| {
                let mut list = Crl::of(&certificates[*ca].reference());
                list.this_update = time(when.at - 3 * DAY);
                list.next_update = Some(time(when.at + 30 * DAY));
                list
            };
            chain[1..].iter().map(list).collect()
        })
    }
}

/// The DER name of a text such as `CN=client,O=Example`.
pub fn name_from(text: &str) -> Vec<u8> {
    name(text)
}
