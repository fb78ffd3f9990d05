//! Everything that is known about the input before any rule runs.

mod crls;
mod damaged;
mod keys;
mod read;
mod settings;

pub use crls::CrlEntry;
pub use damaged::Damaged;
pub use settings::{OpensslRelease, Settings, VerifyClient};

use std::collections::HashSet;
use std::ops::Range;
use std::sync::OnceLock;

use crate::bundle::Graph;
use crate::cert::conformance::Irregularity;
use crate::cert::{Certificate, Field, Unreadable};
use crate::crypto::{RsaWeakness, Sha256, Signatures};
use crate::hashing::HashMap;
use crate::input::pem::Accident;
use crate::input::{Block, Contents};
use crate::path::revocation::Checked;
use crate::path::{Path, Search};
use crate::rules::Place;
use crate::source::{Role, Source, Span};
use read::Read;

/// A source, by its index in the order of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InputId(pub usize);

/// A certificate, by its index in the order of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateId(pub usize);

/// One source with what was found in it.
#[derive(Debug)]
pub struct Input {
    /// The source.
    pub source: Source,
    /// Its blocks and accidents.
    pub contents: Contents,
    /// The role that the user gave it, if any.
    pub given_role: Option<Role>,
}

impl Input {
    /// Reads a source.
    #[must_use]
    pub fn read(source: Source, given_role: Option<Role>) -> Self {
        let contents = crate::input::read(&source);
        Self {
            source,
            contents,
            given_role,
        }
    }
}

/// What a certificate is, told from its content and from what it issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CertificateRole {
    /// A self-issued CA.
    Root,
    /// A CA under another CA.
    Intermediate,
    /// Not a CA.
    EndEntity,
}

impl CertificateRole {
    /// The role's name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Intermediate => "intermediate",
            Self::EndEntity => "end-entity",
        }
    }
}

/// A certificate with where it stands and what it is.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The decoded certificate.
    pub certificate: Certificate<'a>,
    /// The source that it stands in.
    pub input: InputId,
    /// Its block's index in the source.
    pub block: usize,
    /// Its place among the source's certificates, from 1.
    pub position: usize,
    /// The digest of its DER.
    pub sha256: Sha256,
    /// The first occurrence of the same certificate; its own id where it is the first.
    pub first: CertificateId,
    /// What it is.
    pub role: CertificateRole,
    /// Whether all its names are plain ([`crate::cert::name::Name::is_plain`]).
    pub has_plain_names: bool,
    /// Whether all its alternative names are plain ([`crate::cert::extension::GeneralName::is_plain`]).
    pub has_plain_alternative_names: bool,
    /// Where it is not DER.
    pub irregularities: Vec<Irregularity>,
}

/// A client: a source with the role client, or none where it holds no certificate.
#[derive(Debug)]
pub struct Client {
    /// Its index among the clients.
    pub index: usize,
    /// The source.
    pub input: InputId,
    /// The client's certificate, and what it sends with it, in the order of the source.
    pub certificates: Vec<CertificateId>,
    /// The end-entity certificate: the first certificate that is no CA, or the first.
    pub leaf: Option<CertificateId>,
}

/// The whole input, analysed.
#[derive(Debug)]
pub struct Analysis<'a> {
    /// What is asked.
    pub settings: &'a Settings,
    pub(crate) inputs: &'a [Input],
    pub(crate) roles: Vec<Role>,
    /// Every certificate that could be read.
    pub certificates: Vec<Entry<'a>>,
    /// What could be read of certificates that could not be read as a whole. Nothing but rules on one certificate
    /// looks at them; their ids follow those of [`Self::certificates`].
    pub damaged: Vec<Damaged<'a>>,
    /// The blocks that hold a certificate that could not be read.
    pub unreadable: Vec<(InputId, usize, Unreadable)>,
    /// The CRLs of the sources that hold CRLs, and those inside bundles.
    pub crls: Vec<CrlEntry<'a>>,
    /// Who issued whom.
    pub graph: Graph,
    /// The signature checks that were made.
    pub signatures: Signatures,
    /// The bundle's certificates in their order, duplicates included.
    pub bundle: Vec<CertificateId>,
    /// The clients in the order of their sources.
    pub clients: Vec<Client>,
    /// What was found from each client's certificate, in the order of the clients; none without a certificate.
    pub searches: Vec<Option<Search>>,
    /// The best path of each CA of the bundle that issues no other.
    pub bundle_paths: Vec<Path>,
    /// The certificates of each source; they stand together.
    of_input: Vec<Range<usize>>,
    trusted: HashSet<CertificateId>,
    on_client_paths: HashSet<CertificateId>,
    firsts: HashMap<Sha256, CertificateId>,
    revocation: OnceLock<Vec<Checked>>,
    /// The certificates whose key another one has, too; worked out when a rule asks.
    pub(crate) shared_keys: OnceLock<Vec<CertificateId>>,
    rsa_weaknesses: OnceLock<HashMap<CertificateId, RsaWeakness>>,
}

impl<'a> Analysis<'a> {
    /// Analyses what was read.
    #[must_use]
    pub fn new(inputs: &'a [Input], settings: &'a Settings) -> Self {
        let Read {
            mut certificates,
            damaged,
            unreadable,
            of_input,
            firsts,
        } = Read::of(inputs);
        let signatures = Signatures::default();
        let graph = Graph::build(&certificates, &signatures);
        for index in 0..certificates.len() {
            certificates[index].role =
                crate::bundle::role_of(&certificates, &graph, CertificateId(index));
        }
        let roles = crate::bundle::source_roles(inputs, &certificates, &of_input, &graph);
        let with_role = |role: Role| {
            let roles = &roles;
            (0..inputs.len())
                .filter(move |&index| roles[index] == role)
                .map(InputId)
        };
        let ids_of = |input: InputId| of_input[input.0].clone().map(CertificateId);
        let bundle: Vec<CertificateId> = with_role(Role::Bundle).flat_map(ids_of).collect();
        let clients: Vec<Client> = with_role(Role::Client)
            .enumerate()
            .map(|(index, input)| {
                let presented: Vec<CertificateId> = ids_of(input).collect();
                let leaf = presented
                    .iter()
                    .find(|id| certificates[id.0].role == CertificateRole::EndEntity)
                    .or(presented.first())
                    .copied();
                Client {
                    index,
                    input,
                    certificates: presented,
                    leaf,
                }
            })
            .collect();
        let trusted = bundle.iter().map(|id| certificates[id.0].first).collect();
        let mut analysis = Self {
            settings,
            inputs,
            crls: crls::read(inputs, &roles),
            roles,
            certificates,
            damaged,
            unreadable,
            graph,
            signatures,
            bundle,
            clients,
            searches: Vec::new(),
            bundle_paths: Vec::new(),
            of_input,
            trusted,
            on_client_paths: HashSet::new(),
            firsts,
            revocation: OnceLock::new(),
            shared_keys: OnceLock::new(),
            rsa_weaknesses: OnceLock::new(),
        };
        analysis.searches = crate::path::of_clients(&analysis);
        analysis.bundle_paths = crate::path::of_bundle(&analysis);
        let client_paths = analysis.searches.iter().flatten();
        analysis.on_client_paths = client_paths
            .flat_map(|search| &search.best.certificates)
            .map(|id| analysis.entry(*id).first)
            .collect();
        analysis
    }

    /// A source.
    #[must_use]
    pub fn source(&self, input: InputId) -> &'a Source {
        &self.inputs[input.0].source
    }

    /// What was found in a source.
    #[must_use]
    pub fn contents(&self, input: InputId) -> &'a Contents {
        &self.inputs[input.0].contents
    }

    /// What was met while a source was scanned.
    #[must_use]
    pub fn accidents(&self, input: InputId) -> &'a [Accident] {
        &self.inputs[input.0].contents.accidents
    }

    /// What a source is for.
    #[must_use]
    pub fn role(&self, input: InputId) -> Role {
        self.roles[input.0]
    }

    /// The sources, in their order.
    pub fn inputs(&self) -> impl Iterator<Item = InputId> + use<> {
        (0..self.inputs.len()).map(InputId)
    }

    /// The sources that have this role.
    pub fn inputs_with(&self, role: Role) -> impl Iterator<Item = InputId> + '_ {
        self.inputs().filter(move |&input| self.role(input) == role)
    }

    /// Whether the server's bundle is among the sources, readable or not.
    #[must_use]
    pub fn has_bundle(&self) -> bool {
        self.roles.contains(&Role::Bundle)
    }

    /// A certificate with where it stands.
    #[must_use]
    pub fn entry(&self, id: CertificateId) -> &Entry<'a> {
        match self.certificates.get(id.0) {
            Some(entry) => entry,
            None => &self.damaged[id.0 - self.certificates.len()].entry,
        }
    }

    /// The ids of [`Self::damaged`].
    pub fn damaged_ids(&self) -> impl Iterator<Item = CertificateId> + use<> {
        let first = self.certificates.len();
        (first..first + self.damaged.len()).map(CertificateId)
    }

    /// A certificate.
    #[must_use]
    pub fn certificate(&self, id: CertificateId) -> &Certificate<'a> {
        &self.entry(id).certificate
    }

    /// What a certificate is.
    #[must_use]
    pub fn certificate_role(&self, id: CertificateId) -> CertificateRole {
        self.entry(id).role
    }

    /// The block of a certificate.
    #[must_use]
    pub fn block(&self, id: CertificateId) -> &'a Block {
        let entry = self.entry(id);
        &self.contents(entry.input).blocks[entry.block]
    }

    /// The certificates of a source, in their order.
    pub fn certificates_of(&self, input: InputId) -> impl Iterator<Item = CertificateId> + use<> {
        self.of_input[input.0].clone().map(CertificateId)
    }

    /// The ids of all certificates that are first occurrences.
    pub fn distinct(&self) -> impl Iterator<Item = CertificateId> + '_ {
        (0..self.certificates.len())
            .map(CertificateId)
            .filter(|id| self.entry(*id).first == *id)
    }

    /// Whether the bundle holds this certificate, wherever else it also stands.
    #[must_use]
    pub fn in_bundle(&self, id: CertificateId) -> bool {
        self.trusted.contains(&self.entry(id).first)
    }

    /// The bundle's distinct certificates in their order.
    #[must_use]
    pub fn distinct_bundle(&self) -> Vec<CertificateId> {
        let mut seen = HashSet::new();
        let bundle = self.bundle.iter().copied();
        bundle
            .filter(|id| seen.insert(self.entry(*id).first))
            .collect()
    }

    /// `Issuing CA (ca.pem:1)`: a certificate by name and place.
    #[must_use]
    pub fn describe(&self, id: CertificateId) -> String {
        let place = self.place_text(id);
        format!("`{}` ({place})", self.certificate(id).label())
    }

    /// `ca.pem:1`: where a certificate's block begins.
    #[must_use]
    pub fn place_text(&self, id: CertificateId) -> String {
        let source = self.source(self.entry(id).input);
        format!("{}:{}", source.name, self.line(id))
    }

    /// The line on which a certificate's block begins.
    #[must_use]
    pub fn line(&self, id: CertificateId) -> usize {
        let source = self.source(self.entry(id).input);
        source.position(self.block(id).span.start).line
    }

    /// A place in a source's text.
    #[must_use]
    pub fn place_in_source(&self, input: InputId, span: Span) -> Place {
        Place {
            input,
            span,
            field: None,
            certificate: None,
        }
    }

    /// The place of a field of a certificate.
    #[must_use]
    pub fn place(&self, id: CertificateId, field: Field<'_>) -> Place {
        let entry = self.entry(id);
        let span = if field == Field::Certificate {
            self.block(id).begin
        } else {
            let range = entry.certificate.range(field);
            self.contents(entry.input)
                .span_of(self.source(entry.input), self.block(id), range)
        };
        Place {
            input: entry.input,
            span,
            field: Some(field.path().into_owned()),
            certificate: (id.0 < self.certificates.len()).then_some(id),
        }
    }

    /// The place of a part of a field: a range of the certificate's DER.
    #[must_use]
    pub fn place_within(&self, id: CertificateId, field: Field<'_>, range: Range<usize>) -> Place {
        let entry = self.entry(id);
        let source = self.source(entry.input);
        let contents = self.contents(entry.input);
        Place {
            span: contents.span_of(source, self.block(id), range),
            ..self.place(id, field)
        }
    }

    /// The place of a byte in a block that could not be read.
    #[must_use]
    pub fn place_in_block(
        &self,
        input: InputId,
        block: usize,
        offset: usize,
        field: &str,
    ) -> Place {
        let length = self.contents(input).blocks[block].der.len();
        if length == 0 {
            return self.place_of_block(input, block, field);
        }
        let end = (offset + 1).min(length);
        self.place_of_bytes(input, block, end - 1..end, field)
    }

    /// The first occurrence of the certificate with this DER.
    #[must_use]
    pub fn by_der(&self, der: &[u8]) -> Option<CertificateId> {
        self.firsts.get(&Sha256::of(der)).copied()
    }

    /// The best path of a client; none where it has no certificate.
    #[must_use]
    pub fn client_path(&self, client: &Client) -> Option<&Path> {
        self.search(client).map(|search| &search.best)
    }

    /// What was found from a client's certificate; none where it has none.
    #[must_use]
    pub fn search(&self, client: &Client) -> Option<&Search> {
        self.searches.get(client.index)?.as_ref()
    }

    /// The best path of each client, in the order of the clients.
    pub fn client_paths(&self) -> impl Iterator<Item = &Path> {
        self.searches.iter().flatten().map(|search| &search.best)
    }

    /// The best path of each client, in the order of the clients, then those of the bundle's CAs.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.client_paths().chain(&self.bundle_paths)
    }

    /// Whether a line is part of the text of a certificate that could be read, and of nothing else.
    ///
    /// What follows a certificate in its block, or what keeps it from being read, may be a private key.
    pub(crate) fn is_certificate_text(&self, input: InputId, line: Span) -> bool {
        let next = self.certificates.partition_point(|entry| {
            let block = &self.contents(entry.input).blocks[entry.block];
            (entry.input, block.span.start) <= (input, line.start)
        });
        let Some(entry) = next.checked_sub(1).map(|index| &self.certificates[index]) else {
            return false;
        };
        if entry.input != input {
            return false;
        }
        let contents = self.contents(input);
        let block = &contents.blocks[entry.block];
        if !block.intact {
            return false;
        }
        let length = entry.certificate.der.len();
        let text = contents.span_of(self.source(input), block, 0..length);
        // The last line of a block that holds nothing else may end in padding.
        let end = if block.der.len() == length {
            block.span.end
        } else {
            text.end
        };
        text.start <= line.start && line.end <= end
    }

    /// Whether the certificate is on the best path of some client.
    #[must_use]
    pub fn on_client_path(&self, id: CertificateId) -> bool {
        self.on_client_paths.contains(&self.entry(id).first)
    }
}
