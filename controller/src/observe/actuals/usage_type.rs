//! Usage types of bills, such as `EU-Studio:JupyterLab-ml.g5.xlarge`.

/// What usage types call components that are called otherwise here.
const NAMES: &[(&str, &str)] = &[
    ("Notebk", "Notebook"),
    ("Host", "Hosting"),
    ("Train", "Training"),
    ("TrSpt", "SpotTraining"),
    ("Tsform", "BatchTransform"),
    ("Studio-Notebook", "Studio:KernelGateway"),
];

/// The price component of a usage type: what stands between the region's prefix and the
/// instance type, by the name that the rest of the product has for it. What is not known
/// keeps its own name: everything that was billed is in one component.
pub(super) fn component(usage_type: &str) -> String {
    let name = without_region(usage_type);
    // `ml.` begins an instance type. Sizes of memory belong to the name.
    let name = name.split_once("ml.").map_or(name, |(before, _)| before.trim_end_matches(['-', ':']));
    let known = NAMES.iter().find(|(own, _)| *own == name);
    let name = known.map_or(name, |(_, name)| name);
    if name.is_empty() { usage_type.to_owned() } else { name.to_owned() }
}

/// Without `USE1-`, `EU-`, `APS3-` and so on: they follow no rule but that of their letters.
fn without_region(usage_type: &str) -> &str {
    let is_prefix = |prefix: &str| {
        let letters = prefix.trim_end_matches(|c: char| c.is_ascii_digit());
        (2..=5).contains(&prefix.len()) && letters.len() >= 2 && letters.bytes().all(|byte| byte.is_ascii_uppercase())
    };
    match usage_type.split_once('-') {
        Some((prefix, rest)) if is_prefix(prefix) => rest,
        _ => usage_type,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usage_type_has_one_component() {
        for (usage_type, name) in [
            ("USE1-Studio:JupyterLab-ml.t3.medium", "Studio:JupyterLab"),
            ("EU-Studio:CodeEditor-ml.g5.xlarge", "Studio:CodeEditor"),
            ("AFS1-Studio:KernelGateway-ml.r5.24xlarge", "Studio:KernelGateway"),
            ("USE1-Studio-Notebook:ml.t3.medium", "Studio:KernelGateway"),
            ("APS3-Notebk:ml.t3.medium", "Notebook"),
            ("USE2-Host:ml.g6.xlarge", "Hosting"),
            ("Host:ml.m5.xlarge", "Hosting"),
            ("EUW3-AsyncInf:ml.g6.xlarge", "AsyncInf"),
            ("USE1-Train:ml.p3.2xlarge", "Training"),
            ("USE1-Studio:VolumeUsage.gp3", "Studio:VolumeUsage.gp3"),
            ("USE1-ServerlessInf:Mem-2GB", "ServerlessInf:Mem-2GB"),
            ("USE1-ProvisionedConcurrency:Usage-2GB", "ProvisionedConcurrency:Usage-2GB"),
            ("USE1-RStudio:RSessionGateway-ml.t3.medium", "RStudio:RSessionGateway"),
            ("USE1-Hst:Data-Bytes-Out", "Hst:Data-Bytes-Out"),
            ("NoUsageType", "NoUsageType"),
            ("ml.m5.xlarge", "ml.m5.xlarge"),
            ("", ""),
        ] {
            assert_eq!(component(usage_type), name, "{usage_type}");
        }
    }
}
