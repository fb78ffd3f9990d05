//! The scenarios, and the comparison of a verdict with what a server did.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chainlint::analysis::{Input, Settings};
use chainlint::cert::time::Time;
use chainlint::report::{FailOn, Report};
use chainlint::source::{Role, Source};
use chainlint::verifiers::Verifier;
use serde_json::Value;

/// 2026-11-23T18:00:00Z, when the servers were run.
pub(crate) const CHECKED_AT: Time = Time(1_795_456_800);

/// A server as it was run, and the verdict that is held to it.
pub(crate) struct Server {
    /// Who is to give the verdict.
    pub(crate) verifier: &'static Verifier,
    /// The server's entry in `scenario.json`.
    pub(crate) name: &'static str,
    /// The entry of its setting, where it was run with several.
    pub(crate) setting: Option<&'static str>,
    /// The settings of the check; the verifier is filled in.
    pub(crate) settings: Settings,
    /// Whether it was given the scenario's CRLs.
    pub(crate) crls: bool,
    /// Whether its error number is to be the same, too.
    pub(crate) codes: bool,
    /// Whether all errors, in their order, are to be the same.
    pub(crate) events: bool,
}

impl Server {
    /// A server that was given the CRLs, whose error numbers count, and whose settings are the defaults.
    pub(crate) fn new(verifier: &'static Verifier, name: &'static str) -> Self {
        Self {
            verifier,
            name,
            setting: None,
            settings: Settings::at(CHECKED_AT),
            crls: true,
            codes: true,
            events: false,
        }
    }

    /// Compares every scenario that the server was run on.
    ///
    /// `exceptions` are the scenarios in which the verdict differs, each with the reason; one that agrees fails, too.
    pub(crate) fn hold(&self, exceptions: &[(&str, &str)]) {
        let mut wrong = BTreeMap::new();
        let mut compared = 0;
        for folder in folders() {
            let id = id_of(&folder);
            let scenario = scenario(&folder);
            let Some(real) = self.real(&scenario) else {
                continue;
            };
            compared += 1;
            let report = self.check(&folder);
            if let Err(difference) = self.compare(&report, real) {
                wrong.insert(id, difference);
            }
        }
        let setting = self.setting.unwrap_or_default();
        println!(
            "{} of {compared} verdicts of {} agree with {} {setting}",
            compared - wrong.len(),
            self.verifier.name,
            self.name
        );
        for (id, reason) in exceptions {
            assert!(
                wrong.remove(*id).is_some(),
                "{id} agrees now; it was an exception because {reason}"
            );
        }
        let lines: Vec<String> = wrong
            .iter()
            .map(|(id, difference)| format!("{id}: {difference}"))
            .collect();
        assert!(
            wrong.is_empty(),
            "{} of {compared} differ:\n{}",
            wrong.len(),
            lines.join("\n")
        );
        assert!(compared > 100, "only {compared} were compared");
    }

    /// What the server did, if it was run on this scenario with this setting.
    fn real<'s>(&self, scenario: &'s Value) -> Option<&'s Value> {
        let server = scenario["servers"].get(self.name)?;
        match self.setting {
            None => Some(server),
            // A server that did not start was run with no setting.
            Some(setting) => server.get(setting).or_else(|| server.get("config")),
        }
    }

    pub(crate) fn check(&self, folder: &Path) -> Report {
        let crl = if self.crls { "crl.pem" } else { "" };
        let inputs: Vec<Input> = [
            ("bundle.pem", Role::Bundle),
            ("client.pem", Role::Client),
            (crl, Role::Crl),
        ]
        .into_iter()
        .filter_map(|(name, role)| {
            let bytes = fs::read(folder.join(name)).ok()?;
            Some(Input::read(Source::new(name, bytes), Some(role)))
        })
        .collect();
        let settings = Settings {
            verifiers: vec![self.verifier],
            ..self.settings.clone()
        };
        chainlint::check(&inputs, &settings, &[], &[], FailOn::Never)
    }

    fn compare(&self, report: &Report, real: &Value) -> Result<(), String> {
        let wanted = match real["outcome"].as_str().expect("a server has an outcome") {
            "server-refuses-config" => "config-refused",
            other => other,
        };
        let ours = &report.verdicts[0];
        let code = real["code"].as_i64().filter(|_| self.codes);
        let same_code = !self.codes || ours.code.map(i64::from) == code;
        let errors: Vec<(i32, usize)> = ours.errors.iter().map(|e| (e.code, e.depth)).collect();
        let same_events = !self.events || same_events(&errors, &real["callbacks"]);
        if ours.outcome == wanted && same_events && (wanted != "reject" || same_code) {
            return Ok(());
        }
        Err(format!(
            "real {wanted} {} {} {}; ours {} {:?} {} {errors:?}",
            real["code"], real["text"], real["callbacks"], ours.outcome, ours.code, ours.text,
        ))
    }
}

/// Whether the errors are those that a server's callback was told: `[0, error, depth]` each.
fn same_events(ours: &[(i32, usize)], callbacks: &Value) -> bool {
    let Some(callbacks) = callbacks.as_array() else {
        return true;
    };
    let real = callbacks
        .iter()
        .map(|call| (call[1].as_i64(), call[2].as_u64()));
    let ours = ours
        .iter()
        .map(|(error, depth)| (Some(i64::from(*error)), u64::try_from(*depth).ok()));
    real.eq(ours)
}

/// The folders of all scenarios, in order.
pub(crate) fn folders() -> Vec<PathBuf> {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios");
    let mut folders: Vec<PathBuf> = fs::read_dir(scenarios)
        .expect("the scenarios are there")
        .map(|entry| entry.expect("an entry can be read").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn id_of(folder: &Path) -> String {
    let name = folder.file_name().expect("a folder has a name");
    name.to_string_lossy().into_owned()
}

pub(crate) fn scenario(folder: &Path) -> Value {
    let text =
        fs::read_to_string(folder.join("scenario.json")).expect("every scenario is described");
    serde_json::from_str(&text).expect("the description is JSON")
}
