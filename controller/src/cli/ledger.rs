//! The flags of the ledger.

use clap::Args;

use crate::record::Place;

/// Where the ledger is.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Ledger")]
pub(crate) struct LedgerAt {
    /// s3://BUCKET/PREFIX, or a folder: note what runs, what is gone and who stopped it.
    #[arg(long, env = "COSTCTL_LEDGER", value_name = "PLACE")]
    pub(crate) ledger: Option<String>,
    /// The bucket's region [default: the first --region].
    #[arg(long, env = "COSTCTL_LEDGER_REGION", value_name = "REGION")]
    pub(crate) ledger_region: Option<String>,
    /// Encrypt the ledger with this KMS key.
    #[arg(long, env = "COSTCTL_LEDGER_KMS_KEY", value_name = "KEY-ARN")]
    pub(crate) ledger_kms_key: Option<String>,
}

impl LedgerAt {
    /// Which store.
    pub(crate) fn place(&self) -> Option<Place> {
        let Self { ledger, ledger_region, ledger_kms_key } = self;
        let url = ledger.clone()?;
        Some(Place { flag: "--ledger", url, region: ledger_region.clone(), kms_key: ledger_kms_key.clone() })
    }
}
