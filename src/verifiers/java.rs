//! Java: JSSE, as in Tomcat, Spring Boot and Kafka.

use super::{Library, Verifier};

/// Java: JSSE, as in Tomcat, Spring Boot and Kafka.
pub static JAVA: Verifier = Verifier {
    name: "java",
    library: Library::Jsse,
    depth: None,
    model: None,
};
