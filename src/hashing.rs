//! Hash tables whose keys are names, key ids and digests from the input.
//!
//! foldhash takes a fifth of the time of the standard library's `SipHash`, and is seeded anew in every process, so that no input
//! can be made to collide beforehand.

use foldhash::fast::RandomState;

/// [`std::collections::HashMap`] with a faster hash; made by `default()`.
pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;
