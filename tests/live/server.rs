//! Programs: found, started, given a time, and stopped.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chainlint::analysis::{OpensslRelease, Settings};
use chainlint::cert::time::Time;
use chainlint::verifiers::Verifier;

use crate::answer::{Answer, Comparison};
use crate::client::{Seen, connect};
use crate::openssl::Openssl;
use crate::pki::{Case, When};

/// How long one program may take to answer or to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many cases each server is compared on.
pub(crate) const CASES: usize = 60;

/// The folder of a server's run, empty.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/live")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("target can be written");
    folder
}

/// Whether these programs are there. Under CI they must be.
pub(crate) fn are_there(programs: &[&str]) -> bool {
    let missing: Vec<&str> = programs
        .iter()
        .copied()
        .filter(|name| !is_there(name))
        .collect();
    if missing.is_empty() {
        return true;
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "CI must have {}",
        missing.join(", ")
    );
    eprintln!(
        "SKIPPED: {} is not installed, so nothing was compared with it",
        missing.join(", ")
    );
    false
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.push("/usr/sbin".into());
    folders.iter().any(|folder| folder.join(program).is_file())
}

/// The release of the OpenSSL that the distribution's servers run with.
pub(crate) fn release() -> OpensslRelease {
    let openssl = Openssl::find(Path::new("openssl")).expect("openssl is installed");
    openssl
        .release
        .expect("the distribution's OpenSSL is modelled")
}

/// Now, and the seed of this run: today.
pub(crate) fn now() -> (i64, u64) {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.expect("the clock is set").as_secs();
    let seed = std::env::var("CHAINLINT_LIVE_SEED").ok();
    let seed = seed.and_then(|seed| seed.parse().ok());
    (
        i64::try_from(seconds).expect("the clock is set"),
        seed.unwrap_or(seconds / 86_400),
    )
}

/// A port that nothing listens on, below those that the system gives to clients.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(20_000);
    loop {
        let port = NEXT.fetch_add(1, Ordering::Relaxed);
        assert!(port < 32_000, "there is no free port");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A key and a self-signed certificate for the server itself.
pub(crate) fn server_certificate(folder: &Path) {
    let mut command = Command::new("openssl");
    command
        .args("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 2".split(' '))
        .args(["-keyout", "server.key", "-out", "server.pem"])
        .current_dir(folder);
    let told = output_of(command, b"");
    assert!(
        folder.join("server.pem").is_file(),
        "no certificate for the server: {told}"
    );
    let both = [
        fs::read(folder.join("server.pem")).expect("it was written"),
        fs::read(folder.join("server.key")).expect("it was written"),
    ];
    fs::write(folder.join("server-both.pem"), both.concat()).expect("target can be written");
}

/// What a program writes to both of its outputs; it is given `input`, and ended when it takes too long.
pub(crate) fn output_of(mut command: Command, input: &[u8]) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program is installed");
    let mut stdin = child.stdin.take().expect("it is piped");
    // It may have ended already.
    let _ = stdin.write_all(input);
    let outputs: [Box<dyn Read + Send>; 2] = [
        Box::new(child.stdout.take().expect("it is piped")),
        Box::new(child.stderr.take().expect("it is piped")),
    ];
    let readers = outputs.map(|mut output| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = output.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        })
    });
    let start = Instant::now();
    while child.try_wait().is_ok_and(|ended| ended.is_none()) {
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
        }
        thread::sleep(Duration::from_millis(2));
    }
    drop(stdin);
    readers
        .map(|reader| reader.join().unwrap_or_default())
        .concat()
}

/// A running server; it ends with this value.
pub(crate) struct Running {
    child: Child,
}

impl Running {
    /// Starts a server, with its outputs in `output`, and waits until it is ready. None if it ends before.
    pub(crate) fn start(
        mut command: Command,
        output: &Path,
        ready: impl Fn() -> bool,
    ) -> Option<Self> {
        let file = fs::File::create(output).expect("target can be written");
        let again = file.try_clone().expect("a file can be shared");
        let child = command
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(again)
            .spawn()
            .expect("the program is installed");
        let mut running = Self { child };
        let start = Instant::now();
        while !ready() {
            if running.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                return None;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "the server is not ready: {}",
                output.display()
            );
            thread::sleep(Duration::from_millis(10));
        }
        Some(running)
    }
}

/// Whether something listens on all of these ports.
pub(crate) fn answers(ports: &[u16]) -> bool {
    ports
        .iter()
        .all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok())
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
            return;
        }
        // A server with processes of its own ends them when it is asked to; it is killed if it does not.
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let start = Instant::now();
        while self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            if start.elapsed() > Duration::from_secs(3) {
                let _ = self.child.kill();
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// A case with its folder, its port and its settings.
pub(crate) struct Site {
    pub(crate) case: Case,
    pub(crate) folder: PathBuf,
    pub(crate) port: u16,
    pub(crate) settings: Settings,
}

impl Site {
    /// The cases of a server, each written to a folder of its own; `settings` gives the settings of a case.
    pub(crate) fn all(
        folder: &Path,
        verifier: &'static Verifier,
        settings: impl Fn(&Case, &mut Settings),
    ) -> Vec<Self> {
        let (at, seed) = now();
        let release = release();
        // Some are not usable for TLS.
        (0..CASES * 3 / 2)
            .map(|number| {
                let number = number as u64;
                let case = Case::new(seed, number, When { at, exact: false });
                let folder = folder.join(number.to_string());
                fs::create_dir_all(&folder).expect("target can be written");
                for (name, bytes) in case.files() {
                    fs::write(folder.join(name), bytes).expect("target can be written");
                }
                let mut chosen = Settings {
                    verifiers: vec![verifier],
                    openssl: release,
                    ..Settings::at(Time(at))
                };
                settings(&case, &mut chosen);
                Self {
                    port: free_port(),
                    case,
                    folder,
                    settings: chosen,
                }
            })
            .collect()
    }

    /// What the client sees there.
    pub(crate) fn connect(&self) -> Seen {
        connect(self.port, &self.case, &self.folder)
    }
}

/// What the server did with each of the sites; none where a site is no case for it.
pub(crate) fn compare(server: &str, sites: &[Site], real: Vec<Option<Answer>>) {
    let mut wrong = Vec::new();
    let (mut compared, mut unknown) = (0, 0);
    for (site, real) in sites.iter().zip(real) {
        let Some(real) = real else { continue };
        compared += 1;
        let ours = Answer::of_chainlint(&site.case, &site.settings);
        match ours.against(&real) {
            Comparison::Same => {}
            Comparison::Unknown => unknown += 1,
            difference => wrong.push(format!(
                "case {}: {difference:?}\n    faults: {}\n    real:   {}\n    ours:   {}\n    files:  {}",
                site.case.number,
                site.case.faults.join("; "),
                real.line(),
                ours.line(),
                site.folder.display()
            )),
        }
    }
    println!(
        "{server}: {} of {compared} cases agree, {unknown} are unknown",
        compared - wrong.len() - unknown
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared >= CASES, "only {compared} cases are for {server}");
    assert!(
        unknown * 20 <= compared,
        "{unknown} of {compared} are unknown"
    );
}

/// An answer of a server.
pub(crate) fn answer(outcome: &str, code: Option<i32>, text: &str) -> Answer {
    Answer {
        outcome: outcome.to_owned(),
        code,
        errors: Vec::new(),
        text: text.to_owned(),
    }
}

/// The sites whose files a program starts with, where those it refuses are known.
pub(crate) fn taken<'s>(sites: &'s [Site], refusals: &[Option<String>]) -> Vec<&'s Site> {
    let both = sites.iter().zip(refusals);
    both.filter_map(|(site, refusal)| refusal.is_none().then_some(site))
        .collect()
}

/// What became of each site: its files were refused, or what was seen of its client.
pub(crate) fn outcomes(
    sites: &[Site],
    refusals: Vec<Option<String>>,
    mut seen: impl FnMut(&Site) -> Option<Answer>,
) -> Vec<Option<Answer>> {
    let both = sites.iter().zip(refusals);
    both.map(|(site, refusal)| match refusal {
        Some(text) => Some(answer("config-refused", None, &text)),
        None => seen(site),
    })
    .collect()
}
