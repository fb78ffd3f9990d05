//! Extensions as `sun.security.x509.CertificateExtensions` of JDK 17 reads them.
//!
//! A known extension whose value does not decode keeps the certificate from being read if it is critical; where it is
//! not, it counts as absent.

use std::collections::BTreeSet;

use super::constraints::NameConstraints;
use super::der::{Input, Thrown, Value, integer};
use super::general::GeneralName;
use crate::cert::oid::{self, Oid};

/// What Java knows of a certificate's extensions.
#[derive(Clone, Debug)]
pub(super) struct Extensions {
    /// The critical extensions that were read.
    pub(super) critical: BTreeSet<Vec<u8>>,
    /// The path length of a CA, `i32::MAX` where it has none; -1 where this is no CA.
    pub(super) basic_constraints: i32,
    pub(super) key_usage: Option<[bool; 9]>,
    pub(super) extended_key_usage: Option<Vec<Vec<u8>>>,
    /// Whether nsCertType allows clients.
    pub(super) netscape_client: Option<bool>,
    /// The value of subjectKeyIdentifier, its OCTET STRING included.
    pub(super) subject_key_id: Option<Vec<u8>>,
    /// keyIdentifier of authorityKeyIdentifier.
    pub(super) issuer_key_id: Option<Vec<u8>>,
    /// authorityCertSerialNumber, as `Certificate::serial` has it.
    pub(super) issuer_serial: Option<Vec<u8>>,
    pub(super) alt_names: Option<Vec<GeneralName>>,
    /// The value of subjectAltName as it is encoded.
    pub(super) alt_names_value: Option<Vec<u8>>,
    pub(super) alt_names_critical: bool,
    pub(super) name_constraints: Option<NameConstraints>,
    pub(super) policies: Option<Vec<Vec<u8>>>,
    pub(super) policy_mappings: Option<Vec<(Vec<u8>, Vec<u8>)>>,
    /// requireExplicitPolicy and inhibitPolicyMapping of policyConstraints, and inhibitAnyPolicy; -1 where absent.
    pub(super) require_explicit: i32,
    pub(super) inhibit_mapping: i32,
    pub(super) inhibit_any_policy: i32,
}

impl Default for Extensions {
    fn default() -> Self {
        Self {
            critical: BTreeSet::new(),
            basic_constraints: -1,
            key_usage: None,
            extended_key_usage: None,
            netscape_client: None,
            subject_key_id: None,
            issuer_key_id: None,
            issuer_serial: None,
            alt_names: None,
            alt_names_value: None,
            alt_names_critical: false,
            name_constraints: None,
            policies: None,
            policy_mappings: None,
            require_explicit: -1,
            inhibit_mapping: -1,
            inhibit_any_policy: -1,
        }
    }
}

/// nsCertType.
const NETSCAPE_CERT_TYPE: Oid<'static> =
    Oid(&[0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x01, 0x01]);
const PRIVATE_KEY_USAGE: Oid<'static> = Oid(&[0x55, 0x1d, 16]);

/// The extensions that a path may hold as critical ones (`PKIXMasterCertPathValidator` and the checkers it calls).
pub(super) const PROCESSED: [Oid<'static>; 9] = [
    oid::BASIC_CONSTRAINTS,
    oid::NAME_CONSTRAINTS,
    oid::CERTIFICATE_POLICIES,
    oid::POLICY_MAPPINGS,
    oid::POLICY_CONSTRAINTS,
    oid::INHIBIT_ANY_POLICY,
    oid::SUBJECT_ALT_NAME,
    oid::KEY_USAGE,
    oid::EXTENDED_KEY_USAGE,
];

impl Extensions {
    /// Reads the SEQUENCE that comes next.
    pub(super) fn read(input: &mut Input<'_>) -> Result<Self, Thrown> {
        let mut extensions = Self::default();
        let mut seen = BTreeSet::new();
        for extension in input.read()?.elements(0x30)? {
            let mut fields = extension.as_stream()?;
            let id = Oid(fields.read()?.oid()?);
            let mut value = fields.read()?;
            let mut critical = false;
            if value.tag == 0x01 {
                let [boolean] = value.content else {
                    let length = value.content.len();
                    return Err(Thrown::io(format!(
                        "DerValue.getBoolean, invalid length {length}"
                    )));
                };
                critical = *boolean != 0;
                value = fields.read()?;
            }
            let octets = value.octet_string()?;
            match extensions.add(id, critical, octets) {
                Err(thrown) if critical || thrown.is_not_modelled() => return Err(thrown),
                // It counts as absent.
                Err(_) => continue,
                Ok(()) => {}
            }
            if !seen.insert(id.0.to_vec()) {
                return Err(Thrown::io("Duplicate extensions not allowed"));
            }
            if critical {
                extensions.critical.insert(id.0.to_vec());
            }
        }
        Ok(extensions)
    }

    /// Whether a path with this certificate has a critical extension that nothing processes.
    pub(super) fn has_unprocessed(&self) -> bool {
        let processed = |oid: &Vec<u8>| PROCESSED.iter().any(|known| known.0 == oid);
        !self.critical.iter().all(processed)
    }

    /// Whether there is an extension about policies that can make a path invalid.
    pub(super) fn constrains_policies(&self) -> bool {
        self.policy_mappings.is_some() || self.require_explicit != -1
    }

    #[expect(clippy::too_many_lines, reason = "a table: one arm for each extension")]
    fn add(&mut self, id: Oid<'_>, critical: bool, octets: &[u8]) -> Result<(), Thrown> {
        let value = || Value::only(octets);
        match id {
            oid::BASIC_CONSTRAINTS => self.basic_constraints = basic_constraints(&value()?)?,
            oid::KEY_USAGE => {
                // Java also takes an OCTET STRING around the bits.
                let inner = match octets.first() {
                    None => {
                        return Err(Thrown::io(
                            "java.lang.ArrayIndexOutOfBoundsException: Index 0 out of bounds for length 0",
                        ));
                    }
                    Some(0x04) => value()?.octet_string()?,
                    Some(_) => octets,
                };
                let (bits, unused) = Value::only(inner)?.bit_string()?;
                let count = bits.len() * 8 - usize::from(unused);
                self.key_usage = Some(std::array::from_fn(|bit| {
                    bit < count && bits[bit / 8] >> (7 - bit % 8) & 1 == 1
                }));
            }
            oid::EXTENDED_KEY_USAGE => {
                let purposes =
                    sequence(&value()?, "Invalid encoding for ExtendedKeyUsageExtension.")?;
                let purposes = purposes.iter().map(|purpose| Ok(purpose.oid()?.to_vec()));
                self.extended_key_usage = Some(purposes.collect::<Result<_, Thrown>>()?);
            }
            NETSCAPE_CERT_TYPE => {
                let (bits, _) = value()?.bit_string()?;
                self.netscape_client = Some(bits.first().is_some_and(|first| first & 0x80 != 0));
            }
            oid::SUBJECT_KEY_IDENTIFIER => {
                // The selector compares what stands in the extension, readable or not.
                self.subject_key_id = Some(octets.to_vec());
                value()?.octet_string()?;
            }
            oid::AUTHORITY_KEY_IDENTIFIER => self.add_authority_key_id(&value()?)?,
            oid::SUBJECT_ALT_NAME => {
                let list = value()?;
                if list.tag != 0x30 {
                    return Err(Thrown::io("Invalid encoding for GeneralNames."));
                }
                self.alt_names = Some(GeneralName::read_list(&list)?);
                self.alt_names_value = Some(octets.to_vec());
                self.alt_names_critical = critical;
            }
            oid::ISSUER_ALT_NAME | oid::CERTIFICATE_ISSUER => {
                let list = value()?;
                if list.tag != 0x30 {
                    return Err(Thrown::io("Invalid encoding for GeneralNames."));
                }
                GeneralName::read_list(&list)?;
            }
            oid::NAME_CONSTRAINTS => {
                self.name_constraints = Some(NameConstraints::read(&value()?)?);
            }
            oid::CERTIFICATE_POLICIES => {
                let what = "Invalid encoding for CertificatePoliciesExtension.";
                let policies = sequence(&value()?, what)?;
                self.policies = Some(policies.iter().map(policy).collect::<Result<_, _>>()?);
            }
            oid::POLICY_MAPPINGS => {
                let what = "Invalid encoding for PolicyMappingsExtension.";
                let mappings = sequence(&value()?, what)?;
                self.policy_mappings =
                    Some(mappings.iter().map(mapping).collect::<Result<_, _>>()?);
            }
            oid::POLICY_CONSTRAINTS => self.add_policy_constraints(&value()?)?,
            oid::INHIBIT_ANY_POLICY => {
                if !critical {
                    return Err(Thrown::io(
                        "Criticality cannot be false for InhibitAnyPolicy",
                    ));
                }
                let skip = value()?;
                if skip.tag != 0x02 {
                    return Err(Thrown::io(
                        "Invalid encoding of InhibitAnyPolicy: data not integer",
                    ));
                }
                self.inhibit_any_policy = match skip.int()? {
                    -1 => i32::MAX,
                    ..-1 => return Err(Thrown::io("Invalid value for skipCerts")),
                    skip => skip,
                };
            }
            oid::CRL_DISTRIBUTION_POINTS | oid::FRESHEST_CRL => {
                sequence(
                    &value()?,
                    "Invalid encoding for CRLDistributionPointsExtension.",
                )?;
            }
            oid::AUTHORITY_INFO_ACCESS | oid::SUBJECT_INFO_ACCESS => {
                sequence(
                    &value()?,
                    "Invalid encoding for AuthorityInfoAccessExtension.",
                )?;
            }
            PRIVATE_KEY_USAGE => {
                sequence(&value()?, "Not the correct tag")?;
            }
            _ => {}
        }
        Ok(())
    }

    fn add_policy_constraints(&mut self, value: &Value<'_>) -> Result<(), Thrown> {
        let (mut require, mut inhibit) = (-1, -1);
        for field in sequence(value, "Sequence tag missing for PolicyConstraint.")? {
            let (place, what) = match field.tag {
                0x80 => (&mut require, "requireExplicitPolicy"),
                0x81 => (&mut inhibit, "inhibitPolicyMapping"),
                _ => return Err(Thrown::io("Invalid encoding of PolicyConstraint")),
            };
            if *place != -1 {
                return Err(Thrown::io(format!(
                    "Duplicate {what}found in the PolicyConstraintsExtension"
                )));
            }
            *place = field.content_as_int()?;
        }
        self.require_explicit = require;
        self.inhibit_mapping = inhibit;
        Ok(())
    }

    fn add_authority_key_id(&mut self, value: &Value<'_>) -> Result<(), Thrown> {
        let what = "Invalid encoding for AuthorityKeyIdentifierExtension.";
        let (mut key_id, mut serial, mut names) = (None, None, false);
        for field in sequence(value, what)? {
            match field.tag {
                0x80 if key_id.is_none() => key_id = Some(field.content.to_vec()),
                0x80 => {
                    return Err(Thrown::io(
                        "Duplicate KeyIdentifier in AuthorityKeyIdentifier.",
                    ));
                }
                0xa1 if !names => {
                    GeneralName::read_list(&field)?;
                    names = true;
                }
                0xa1 => {
                    return Err(Thrown::io(
                        "Duplicate GeneralNames in AuthorityKeyIdentifier.",
                    ));
                }
                0x82 if serial.is_none() => serial = Some(integer(field.content)?.to_vec()),
                0x82 => {
                    return Err(Thrown::io(
                        "Duplicate SerialNumber in AuthorityKeyIdentifier.",
                    ));
                }
                _ => {
                    return Err(Thrown::io(
                        "Invalid encoding of AuthorityKeyIdentifierExtension.",
                    ));
                }
            }
        }
        self.issuer_key_id = key_id;
        self.issuer_serial = serial;
        Ok(())
    }
}

fn sequence<'a>(value: &Value<'a>, otherwise: &'static str) -> Result<Vec<Value<'a>>, Thrown> {
    if value.tag == 0x30 {
        value.input().all()
    } else {
        Err(Thrown::io(otherwise))
    }
}

fn basic_constraints(value: &Value<'_>) -> Result<i32, Thrown> {
    const NO_CA: i32 = -1;
    let invalid = || Thrown::io("Invalid encoding of BasicConstraints");
    if value.tag != 0x30 {
        return Err(invalid());
    }
    let mut fields = value.input();
    if fields.is_empty() {
        return Ok(NO_CA);
    }
    let ca = fields.read()?;
    if ca.tag != 0x01 {
        return Ok(NO_CA);
    }
    let [ca] = ca.content else {
        let length = ca.content.len();
        return Err(Thrown::io(format!(
            "DerValue.getBoolean, invalid length {length}"
        )));
    };
    let length = if fields.is_empty() {
        i32::MAX
    } else {
        let length = fields.read()?;
        if length.tag != 0x02 {
            return Err(invalid());
        }
        length.int()?
    };
    Ok(if *ca == 0 { NO_CA } else { length })
}

fn mapping(pair: &Value<'_>) -> Result<(Vec<u8>, Vec<u8>), Thrown> {
    if pair.tag != 0x30 {
        return Err(Thrown::io("Invalid encoding for CertificatePolicyMap"));
    }
    let mut fields = pair.input();
    let issuer = fields.read()?.oid()?.to_vec();
    let subject = fields.read()?.oid()?.to_vec();
    Ok((issuer, subject))
}

fn policy(policy: &Value<'_>) -> Result<Vec<u8>, Thrown> {
    let invalid = || Thrown::io("Invalid encoding of PolicyInformation");
    if policy.tag != 0x30 {
        return Err(invalid());
    }
    let mut fields = policy.input();
    let id = fields.read()?.oid()?.to_vec();
    if fields.is_empty() {
        return Ok(id);
    }
    let qualifiers = fields.read()?;
    if qualifiers.tag != 0x30 {
        return Err(invalid());
    }
    if qualifiers.content.is_empty() {
        return Err(Thrown::io("No data available in policyQualifiers"));
    }
    for qualifier in qualifiers.input().all()? {
        // An identifier and one element.
        let mut parts = qualifier.elements(0x30)?.into_iter();
        let kind = parts.next().ok_or_else(|| Thrown::io("Too short"))?;
        kind.oid()?;
        if parts.next().is_none() {
            return Err(Thrown::io("Too short"));
        }
    }
    Ok(id)
}
