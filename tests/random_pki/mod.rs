//! Random PKIs with known faults, and an oracle that says from how they were built whether the client is acceptable.
//!
//! The certificates are rcgen's, not those of the fixtures' generator, so that two encoders are read. The oracle never
//! reads a certificate: it knows who signed whom and which fault was put where.
//!
//! What it takes for acceptable: every certificate of the bundle is a trust anchor, its own issuer present or not. Dates,
//! cA, keyCertSign, extKeyUsage, pathLenConstraint and name constraints count in anchors as below them; an anchor's
//! signature does not.

// Each program that includes this module uses a part of it, and none publishes it.
#![allow(dead_code, unreachable_pub)]

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints, SerialNumber, date_time_ymd,
};

/// A certificate's DER.
pub type Der = Vec<u8>;

/// 2026-11-23T18:00:00Z: every certificate without a fault in its dates is valid then.
pub const AT: i64 = 1_795_456_800;

/// What can be wrong with one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Expired,
    NotYetValid,
    NotCa,
    NoKeyCertSign,
    /// One bit of the signature is wrong.
    WrongSignature,
    /// pathLenConstraint 0, whether or not a CA stands below.
    PathLengthZero,
    /// extKeyUsage is serverAuth alone.
    ExcludesClientAuth,
    /// A name constraint that the client's dNSName violates.
    ExcludesName,
    /// In certificates that the client sends only: whether it counts in an anchor is a matter of opinion.
    UnknownCritical,
    /// An intermediate that is neither in the bundle nor sent.
    MissingIntermediate,
    /// A root that is not in the bundle.
    MissingAnchor,
}

impl Fault {
    pub const ALL: [Self; 11] = [
        Self::Expired,
        Self::NotYetValid,
        Self::NotCa,
        Self::NoKeyCertSign,
        Self::WrongSignature,
        Self::PathLengthZero,
        Self::ExcludesClientAuth,
        Self::ExcludesName,
        Self::UnknownCritical,
        Self::MissingIntermediate,
        Self::MissingAnchor,
    ];

    /// The rules that name this fault; where one certificate may be a client's or a CA's, those of both.
    pub fn rules(self) -> &'static [&'static str] {
        match self {
            Self::Expired => &["validity-expired"],
            Self::NotYetValid => &["validity-not-yet-valid"],
            Self::NotCa => &["chain-issuer-not-ca"],
            Self::NoKeyCertSign => &["chain-issuer-no-keycertsign"],
            Self::WrongSignature => &["chain-signature-invalid"],
            Self::PathLengthZero => &["chain-pathlen-exceeded"],
            Self::ExcludesClientAuth => &[
                "mtls-leaf-no-client-auth",
                "mtls-intermediate-excludes-client-auth",
                "mtls-root-excludes-client-auth",
            ],
            Self::ExcludesName => &["chain-name-constraints-violated"],
            Self::UnknownCritical => &["chain-critical-extension-unprocessed"],
            Self::MissingIntermediate | Self::MissingAnchor => &[
                "chain-issuer-not-found",
                "chain-untrusted-root",
                "bundle-missing-intermediate",
                "bundle-missing-root",
            ],
        }
    }

    fn fits(self, certificate: &Issued) -> bool {
        match self {
            Self::Expired | Self::NotYetValid | Self::WrongSignature | Self::ExcludesClientAuth => {
                true
            }
            Self::NotCa | Self::NoKeyCertSign | Self::PathLengthZero | Self::ExcludesName => {
                certificate.kind != Kind::Client
            }
            Self::UnknownCritical => !certificate.in_bundle,
            Self::MissingIntermediate => certificate.kind == Kind::Intermediate,
            Self::MissingAnchor => certificate.kind == Kind::Root,
        }
    }

    /// Whether the two would be written into the same field, or make each other meaningless.
    fn collides(self, other: Self) -> bool {
        let in_dates = |fault| matches!(fault, Self::Expired | Self::NotYetValid);
        let is_absent = |fault| matches!(fault, Self::MissingIntermediate | Self::MissingAnchor);
        self == other || in_dates(self) && in_dates(other) || is_absent(self) || is_absent(other)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Root,
    Intermediate,
    Client,
}

/// A certificate before it is written: entities by number, the client last.
#[derive(Clone, Debug)]
struct Issued {
    kind: Kind,
    subject: usize,
    issuer: usize,
    in_bundle: bool,
    faults: Vec<Fault>,
}

impl Issued {
    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    fn is_present(&self) -> bool {
        !self.has(Fault::MissingIntermediate) && !self.has(Fault::MissingAnchor)
    }
}

/// A random PKI with one client.
#[derive(Clone, Debug)]
pub struct RandomPki {
    /// Every certificate that was issued, those included that are missing.
    pub issued: Vec<Der>,
    /// What the server is given.
    pub bundle: Vec<Der>,
    /// What the client sends: its certificate first.
    pub client: Vec<Der>,
    /// The faults, each with the index of its certificate in `issued`.
    pub faults: Vec<(usize, Fault)>,
    /// Whether some path is free of faults.
    pub acceptable: bool,
}

/// What proptest chooses and shrinks.
#[derive(Clone, Debug)]
pub struct Plan {
    roots: usize,
    /// For each intermediate CA: its layer, its issuers (two for a cross-signed one), and whether the client sends it.
    intermediates: Vec<(usize, Vec<Index>, bool)>,
    client_issuer: Index,
    faults: Vec<(Index, Index)>,
}

/// Plans for up to three roots, four intermediates and three faults.
pub fn plan() -> impl Strategy<Value = Plan> {
    let intermediate = (0_usize..3, vec(any::<Index>(), 1..=2), any::<bool>());
    (
        1_usize..=3,
        vec(intermediate, 0..=4),
        any::<Index>(),
        vec(any::<(Index, Index)>(), 0..=3),
    )
        .prop_map(|(roots, mut intermediates, client_issuer, faults)| {
            intermediates.sort_by_key(|(layer, ..)| *layer);
            Plan {
                roots,
                intermediates,
                client_issuer,
                faults,
            }
        })
}

/// Random PKIs.
pub fn random_pki() -> impl Strategy<Value = RandomPki> {
    plan().prop_map(|plan| plan.build())
}

impl Plan {
    /// The same PKI without its faults.
    pub fn without_faults(&self) -> Self {
        Self {
            faults: Vec::new(),
            ..self.clone()
        }
    }

    fn issue(&self) -> Vec<Issued> {
        let issued = |kind, subject, issuer, in_bundle| Issued {
            kind,
            subject,
            issuer,
            in_bundle,
            faults: Vec::new(),
        };
        let roots = (0..self.roots).map(|root| issued(Kind::Root, root, root, true));
        let mut list: Vec<Issued> = roots.collect();
        for (number, (layer, issuers, sent)) in self.intermediates.iter().enumerate() {
            // The CAs are in the order of their layers, so those above come first.
            let above = self.intermediates.partition_point(|each| each.0 < *layer);
            let mut issuers: Vec<usize> = issuers
                .iter()
                .map(|index| index.index(self.roots + above))
                .collect();
            issuers.dedup();
            for issuer in issuers {
                list.push(issued(
                    Kind::Intermediate,
                    self.roots + number,
                    issuer,
                    !sent,
                ));
            }
        }
        let cas = self.roots + self.intermediates.len();
        list.push(issued(
            Kind::Client,
            cas,
            self.client_issuer.index(cas),
            false,
        ));
        for (fault, at) in &self.faults {
            let fault = Fault::ALL[fault.index(Fault::ALL.len())];
            let fits = |each: &&mut Issued| {
                fault.fits(each) && !each.faults.iter().any(|other| fault.collides(*other))
            };
            let mut fitting: Vec<&mut Issued> = list.iter_mut().filter(fits).collect();
            if !fitting.is_empty() {
                let chosen = at.index(fitting.len());
                fitting[chosen].faults.push(fault);
            }
        }
        list
    }

    /// Writes the certificates.
    pub fn build(&self) -> RandomPki {
        let issued = self.issue();
        let ders: Vec<Der> = (0..issued.len())
            .map(|index| write(index, &issued[index]))
            .collect();
        let pick = |wanted: &dyn Fn(&Issued) -> bool| {
            let present = issued.iter().zip(&ders);
            present
                .filter(|(each, _)| each.is_present() && wanted(each))
                .map(|(_, der)| der.clone())
                .collect::<Vec<Der>>()
        };
        let mut client = pick(&|each| each.kind == Kind::Client);
        client.extend(pick(&|each| !each.in_bundle && each.kind != Kind::Client));
        let faults = issued.iter().enumerate();
        RandomPki {
            bundle: pick(&|each| each.in_bundle),
            client,
            faults: faults
                .flat_map(|(index, each)| each.faults.iter().map(move |fault| (index, *fault)))
                .collect(),
            acceptable: is_acceptable(&issued),
            issued: ders,
        }
    }
}

/// Tries every simple path upwards from the client.
fn is_acceptable(issued: &[Issued]) -> bool {
    let mut open: Vec<Vec<&Issued>> = vec![vec![&issued[issued.len() - 1]]];
    while let Some(path) = open.pop() {
        let last = path[path.len() - 1];
        if last.in_bundle && is_free_of_faults(&path) {
            return true;
        }
        for above in issued {
            let is_issuer = above.subject == last.issuer && above.is_present();
            let is_new = path.iter().all(|each| each.subject != above.subject);
            if is_issuer && is_new {
                let mut longer = path.clone();
                longer.push(above);
                open.push(longer);
            }
        }
    }
    false
}

fn is_free_of_faults(path: &[&Issued]) -> bool {
    path.iter().enumerate().all(|(index, each)| {
        let is_anchor = index + 1 == path.len();
        each.faults.iter().all(|fault| match fault {
            Fault::WrongSignature => is_anchor,
            // The client's certificate is not counted.
            Fault::PathLengthZero => index <= 1,
            _ => false,
        })
    })
}

/// One key for each entity; making them anew for each case would take most of the time.
static KEYS: LazyLock<Vec<KeyPair>> = LazyLock::new(|| {
    let key = |_| KeyPair::generate().expect("the provider makes keys");
    (0..8).map(key).collect()
});

fn name(entity: usize) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "Example");
    name.push(DnType::CommonName, format!("Entity {entity}"));
    name
}

fn write(index: usize, planned: &Issued) -> Der {
    let mut params = CertificateParams::default();
    params.distinguished_name = name(planned.subject);
    params.serial_number = Some(SerialNumber::from(index as u64 + 1));
    params.use_authority_key_identifier_extension = planned.kind != Kind::Root;
    params.not_before = date_time_ymd(
        if planned.has(Fault::NotYetValid) {
            2027
        } else {
            2025
        },
        1,
        1,
    );
    params.not_after = date_time_ymd(
        if planned.has(Fault::Expired) {
            2026
        } else {
            2028
        },
        1,
        1,
    );
    if planned.kind == Kind::Client {
        params.subject_alt_names = vec![rcgen::SanType::DnsName(
            "client.example.com".try_into().expect("it is ASCII"),
        )];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    } else {
        params.is_ca = if planned.has(Fault::NotCa) {
            IsCa::ExplicitNoCa
        } else if planned.has(Fault::PathLengthZero) {
            IsCa::Ca(BasicConstraints::Constrained(0))
        } else {
            IsCa::Ca(BasicConstraints::Unconstrained)
        };
        params.key_usages = if planned.has(Fault::NoKeyCertSign) {
            vec![KeyUsagePurpose::CrlSign]
        } else {
            vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign]
        };
    }
    if planned.has(Fault::ExcludesClientAuth) {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    }
    if planned.has(Fault::ExcludesName) {
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName("example.net".to_owned())],
            excluded_subtrees: Vec::new(),
        });
    }
    if planned.has(Fault::UnknownCritical) {
        let mut extension = CustomExtension::from_oid_content(&[2, 999, 9], vec![5, 0]);
        extension.set_criticality(true);
        params.custom_extensions = vec![extension];
    }
    let mut above = CertificateParams::default();
    above.distinguished_name = name(planned.issuer);
    let issuer = Issuer::from_params(&above, &KEYS[planned.issuer]);
    let certificate = params
        .signed_by(&KEYS[planned.subject], &issuer)
        .expect("the parameters can be encoded");
    let mut der = certificate.der().to_vec();
    if planned.has(Fault::WrongSignature) {
        // The last octet is inside s (RFC 3279 §2.2.3): the signature stays well-formed.
        *der.last_mut().expect("a certificate has octets") ^= 1;
    }
    der
}
