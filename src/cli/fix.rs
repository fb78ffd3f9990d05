//! `chainlint fix`.

use std::io::Write;

use super::arguments::FixArguments;
use super::read::Inputs;
use super::{Error, when};
use crate::analysis::{Analysis, Settings};
use crate::source::Role;

pub(crate) fn run(arguments: &FixArguments, output: &mut dyn Write) -> Result<u8, Error> {
    let mut inputs = Inputs::default();
    for path in &arguments.paths {
        inputs.add(
            path,
            arguments
                .client
                .then_some(Role::Client)
                .or(arguments.ca.then_some(Role::Bundle)),
        )?;
    }
    let settings = Settings::at(when::now());
    let analysis = Analysis::new(&inputs.inputs, &settings);
    let refused = |why: String| Error(format!("nothing was written: {why}"));
    let fixed = if arguments.client {
        crate::fix::client(&analysis)
    } else if let Some(mixed) = analysis
        .inputs()
        .find(|input| analysis.role(*input) != Role::Bundle)
    {
        // Taking a client's file for a bundle would throw the client's certificate away.
        let name = &analysis.source(mixed).name;
        Err(format!(
            "{name} holds more than CA certificates; say what it is with --ca or --client"
        ))
    } else {
        crate::fix::bundle(&analysis)
    };
    let fixed = fixed.map_err(refused)?;
    output.write_all(fixed.pem.as_bytes())?;
    output.flush()?;
    for change in &fixed.changes {
        eprintln!("chainlint: {}", crate::report::visible(change));
    }
    Ok(0)
}
