//! The readers on the fixtures, against what the servers logged.

use super::*;

const ALL: [OpensslRelease; 5] = OpensslRelease::ALL;

fn bundle(scenario: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios");
    std::fs::read(folder.join(scenario).join("bundle.pem")).unwrap()
}

fn count(loaded: Result<Loaded, LoadError>) -> Result<usize, String> {
    loaded
        .map(|loaded| loaded.certificates.len())
        .map_err(|error| error.queue)
}

#[test]
fn files_without_a_block_have_no_certificate() {
    for scenario in [
        "fmt-base64-of-pem",
        "fmt-cr-only",
        "fmt-der",
        "fmt-empty",
        "fmt-escaped-newlines",
        "fmt-garbage",
    ] {
        let bytes = bundle(scenario);
        let error = cert_crl_file(&bytes, OpensslRelease::V3_5).unwrap_err();
        assert_eq!(error.text, "no certificate or crl found", "{scenario}");
        assert_eq!(
            error.queue,
            "error:05800088:x509 certificate routines::no certificate or crl found"
        );
        assert_eq!(
            count(x509_aux_file(&bytes, OpensslRelease::V4_0)),
            Err(
                "error:0480006C:PEM routines::no start line:Expecting: TRUSTED CERTIFICATE"
                    .to_owned()
            )
        );
    }
}

#[test]
fn a_bad_block_refuses_the_file() {
    for scenario in ["fmt-blank-lines-in-base64", "fmt-truncated-last"] {
        let bytes = bundle(scenario);
        let error = cert_crl_file(&bytes, OpensslRelease::V1_1_1).unwrap_err();
        assert_eq!(error.reason, "bad end line", "{scenario}");
        assert_eq!(
            error.queue,
            "error:0908F066:PEM routines:get_header_and_data:bad end line error:0B084009:x509 certificate \
             routines:X509_load_cert_crl_file:PEM lib"
        );
        assert_eq!(
            count(x509_aux_file(&bytes, OpensslRelease::V4_0)),
            Err("error:04800066:PEM routines::bad end line".to_owned())
        );
    }
}

#[test]
fn bad_der_refuses_the_file() {
    for scenario in ["fmt-asn1-garbage-extra", "fmt-asn1-garbage-first"] {
        let bytes = bundle(scenario);
        let error = cert_crl_file(&bytes, OpensslRelease::V3_0).unwrap_err();
        assert_eq!(error.reason, "too long", "{scenario}");
        assert_eq!(
            error.queue,
            "error:0680009B:asn1 encoding routines::too long error:06800066:asn1 encoding routines::bad \
             object header error:0688010A:asn1 encoding routines::nested asn1 error:Type=X509 \
             error:0488000D:PEM routines::ASN1 lib error:05880009:x509 certificate routines::PEM lib"
        );
        let error = cert_crl_file(&bytes, OpensslRelease::V1_1_1).unwrap_err();
        assert!(error.queue.contains(
            "error:0D07803A:asn1 encoding routines:asn1_item_embed_d2i:nested asn1 error:Type=X509 \
             error:0907400D:PEM routines:PEM_X509_INFO_read_bio:ASN1 lib"
        ));
    }
}

#[test]
fn trailing_octets_count_for_trusted_certificates_only() {
    let bytes = bundle("fmt-der-trailing");
    for release in ALL {
        assert!(cert_crl_file(&bytes, release).is_ok());
    }
    assert_eq!(
        count(x509_aux_file(&bytes, OpensslRelease::V4_0)),
        Err(
            "error:068000A8:asn1 encoding routines::wrong tag error:0688010A:asn1 encoding \
             routines::nested asn1 error:Type=X509_CERT_AUX error:0488000D:PEM routines::ASN1 lib"
                .to_owned()
        )
    );
}

#[test]
fn trusted_certificates_are_no_client_ca() {
    let bytes = bundle("fmt-trusted-aux-client");
    for release in ALL {
        let loaded = cert_crl_file(&bytes, release).unwrap();
        assert!(loaded.certificates.iter().any(|one| one.trust.is_some()));
    }
    let error = client_ca_file(&bytes, OpensslRelease::V1_1_1).unwrap_err();
    assert_eq!(
        error.queue,
        "error:0909006C:PEM routines:get_name:no start line:Expecting: CERTIFICATE"
    );
    assert!(client_ca_file(&bundle("fmt-trusted-aux-serveronly"), OpensslRelease::V3_0).is_ok());
}

#[test]
fn der_is_read_by_newer_verify_commands_only() {
    let bytes = bundle("fmt-der");
    assert!(verify_ca_file(&bytes, OpensslRelease::V3_0).is_err());
    assert_eq!(count(verify_ca_file(&bytes, OpensslRelease::V3_5)), Ok(1));
}

#[test]
fn crl_files_need_a_crl() {
    let error = crl_file(b"garbage", OpensslRelease::V4_0).unwrap_err();
    assert_eq!(
        error.queue,
        "error:0480006C:PEM routines::no start line:Expecting: X509 CRL"
    );
}

#[test]
fn what_servers_read_is_read() {
    for scenario in [
        "fmt-crlf",
        "fmt-key-after",
        "fmt-key-first",
        "fmt-text-between",
        "fmt-x509-label",
    ] {
        for release in ALL {
            let bytes = bundle(scenario);
            let certificates = count(cert_crl_file(&bytes, release));
            assert!(certificates.is_ok(), "{scenario}: {certificates:?}");
            assert_eq!(certificates, count(x509_aux_file(&bytes, release)));
            assert!(client_ca_file(&bytes, release).is_ok());
        }
    }
}
