//! IP addresses and networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address in an iPAddress of a subjectAltName: 4 or 16 octets.
pub(crate) fn address(octets: &[u8]) -> Result<IpAddr, &'static str> {
    if let Ok(four) = <[u8; 4]>::try_from(octets) {
        return Ok(Ipv4Addr::from(four).into());
    }
    let sixteen = <[u8; 16]>::try_from(octets).map_err(|_| "it is not 4 or 16 octets long")?;
    Ok(Ipv6Addr::from(sixteen).into())
}

/// A constraint: an address, and a mask of the same length.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Network<'a> {
    address: &'a [u8],
    mask: &'a [u8],
}

impl<'a> Network<'a> {
    /// Reads a constraint.
    pub(crate) fn parse(octets: &'a [u8]) -> Result<Self, &'static str> {
        if octets.len() != 8 && octets.len() != 32 {
            return Err("it is not 8 or 32 octets long");
        }
        let (address, mask) = octets.split_at(octets.len() / 2);
        let network = Self { address, mask };
        let ones: u32 = mask.iter().map(|octet| octet.count_ones()).sum();
        if ones != network.prefix() {
            return Err("its mask is not ones followed by zeros");
        }
        Ok(network)
    }

    /// The number of ones before the mask's first zero.
    fn prefix(&self) -> u32 {
        let full = self.mask.iter().take_while(|&&octet| octet == 0xff).count();
        let next = self.mask.get(full).copied().unwrap_or_default();
        8 * u32::try_from(full).unwrap_or_default() + next.leading_ones()
    }

    /// `192.0.2.0/24`.
    pub(super) fn text(&self) -> String {
        let address = address(self.address).map(|address| address.to_string());
        format!("{}/{}", address.unwrap_or_default(), self.prefix())
    }

    /// Whether the address is inside; one of the other family never is.
    pub(super) fn covers(&self, address: &[u8]) -> bool {
        address.len() == self.address.len()
            && address
                .iter()
                .zip(self.address)
                .zip(self.mask)
                .all(|((one, other), mask)| (one ^ other) & mask == 0)
    }

    /// Whether all of another network is inside.
    pub(super) fn contains(&self, other: &Self) -> bool {
        self.covers(other.address) && self.prefix() <= other.prefix()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_cover_addresses_of_their_family() {
        let network = Network::parse(&[192, 0, 2, 0, 255, 255, 254, 0]).expect("a network");
        assert_eq!(network.text(), "192.0.2.0/23");
        assert!(network.covers(&[192, 0, 3, 9]));
        assert!(!network.covers(&[192, 0, 4, 9]));
        assert!(!network.covers(&[0; 16]));
        let all = Network::parse(&[0; 32]).expect("a network");
        assert!(all.covers(&[7; 16]));
        assert!(!all.covers(&[7; 4]));
        let inner = Network::parse(&[192, 0, 2, 0, 255, 255, 255, 0]).expect("a network");
        assert!(network.contains(&inner));
        assert!(!inner.contains(&network));
    }

    #[test]
    fn lengths_and_masks_are_checked() {
        assert!(Network::parse(&[127, 0, 0, 1]).is_err());
        assert!(Network::parse(&[0; 16]).is_err());
        assert!(Network::parse(&[]).is_err());
        assert!(Network::parse(&[10, 0, 0, 0, 255, 0, 255, 0]).is_err());
        assert!(Network::parse(&[10, 0, 0, 0, 0, 0, 0, 1]).is_err());
        assert!(address(&[127, 0, 0, 1, 255, 255, 255, 255]).is_err());
        assert_eq!(address(&[127, 0, 0, 1]), Ok(Ipv4Addr::LOCALHOST.into()));
    }
}
