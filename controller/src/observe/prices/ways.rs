//! Where a region's prices can be asked for.

use idle_core::Region;

/// The ways to the prices of one region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ways {
    /// The region of the Price List API that answers for it.
    pub(crate) api: &'static str,
    /// The API takes credentials of another partition than the region's.
    pub(crate) is_foreign: bool,
    /// Where the public files are; `None` where that is not known.
    pub(crate) files: Option<Place>,
}

/// Where public files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) url: &'static str,
    /// As paths name the partition.
    pub(crate) partition: &'static str,
}

const COMMERCIAL: Place = Place { url: "https://pricing.us-east-1.amazonaws.com", partition: "aws" };
const CHINA: Place = Place { url: "https://pricing.cn-north-1.amazonaws.com.cn", partition: "cn" };

/// Each partition's own API, by how its regions begin; GovCloud has none, and its prices are
/// in the commercial list.
const WAYS: [(&str, Ways); 7] = [
    ("us-gov-", Ways { api: "us-east-1", is_foreign: true, files: Some(COMMERCIAL) }),
    ("cn-", Ways { api: "cn-northwest-1", is_foreign: false, files: Some(CHINA) }),
    ("eusc-", Ways { api: "eusc-de-east-1", is_foreign: false, files: None }),
    ("us-isob-", Ways { api: "us-isob-east-1", is_foreign: false, files: None }),
    ("us-isof-", Ways { api: "us-isof-south-1", is_foreign: false, files: None }),
    ("us-iso-", Ways { api: "us-iso-east-1", is_foreign: false, files: None }),
    ("eu-isoe-", Ways { api: "eu-isoe-west-1", is_foreign: false, files: None }),
];

/// The ways to the prices of this region.
pub(crate) fn ways(region: &Region) -> Ways {
    let of = WAYS.iter().find(|(prefix, _)| region.as_str().starts_with(prefix));
    of.map_or(Ways { api: "us-east-1", is_foreign: false, files: Some(COMMERCIAL) }, |(_, ways)| *ways)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_is_asked_where_its_api_is() {
        for (region, api, is_foreign, has_files) in [
            ("eu-west-1", "us-east-1", false, true),
            ("us-gov-west-1", "us-east-1", true, true),
            ("cn-north-1", "cn-northwest-1", false, true),
            ("eusc-de-east-1", "eusc-de-east-1", false, false),
            ("us-iso-west-1", "us-iso-east-1", false, false),
            ("us-isob-east-1", "us-isob-east-1", false, false),
            ("eu-isoe-west-1", "eu-isoe-west-1", false, false),
            ("us-isof-east-1", "us-isof-south-1", false, false),
        ] {
            let ways = ways(&Region::parse(region).expect("a region"));
            assert_eq!((ways.api, ways.is_foreign, ways.files.is_some()), (api, is_foreign, has_files), "{region}");
        }
    }
}
