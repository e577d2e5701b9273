"""Reads an export as the FOCUS specification has it, version 1.2: check_month_focus.py FILE.

Fails where a rule is broken that the export does not say it bends. Prints what the rows
come to, as one JSON object.
"""

import csv
import json
import sys
from datetime import datetime
from decimal import Decimal

MANDATORY = (
    "BilledCost BillingAccountId BillingAccountName BillingCurrency BillingPeriodEnd BillingPeriodStart ChargeCategory"
    " ChargeClass ChargeDescription ChargePeriodEnd ChargePeriodStart ContractedCost EffectiveCost InvoiceIssuerName"
    " ListCost PricingQuantity PricingUnit ProviderName PublisherName ServiceCategory ServiceName"
).split()
MAY_BE_EMPTY = {"BillingAccountName", "ChargeClass"}
COSTS = ["ContractedCost", "EffectiveCost", "ListCost"]


def time(text):
    assert text.endswith("Z"), text
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def main():
    # RFC 4180: every line ends in CRLF.
    raw = open(sys.argv[1], "rb").read()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    with open(sys.argv[1], newline="") as file:
        reader = csv.DictReader(file, strict=True)
        assert set(MANDATORY) <= set(reader.fieldnames), set(MANDATORY) - set(reader.fieldnames)
        ours = [name for name in reader.fieldnames if name.startswith("x_")]
        assert reader.fieldnames[-len(ours) :] == ours, "our columns come last"
        found = {"rows": 0, "list_micro_usd": 0, "unpriced_rows": 0, "idle_micro_usd": 0}
        seconds = Decimal(0)
        for row in reader:
            check(row)
            found["rows"] += 1
            found["unpriced_rows"] += bool(row["x_UnpricedReason"])
            found["list_micro_usd"] += int(Decimal(row["ListCost"] or 0) * 1_000_000)
            found["idle_micro_usd"] += int(Decimal(row["x_IdleListCost"] or 0) * 1_000_000)
            seconds += (Decimal(row["PricingQuantity"]) * 3600).quantize(Decimal(1))
        found["seconds"] = int(seconds)
        print(json.dumps(found))


def check(row):
    unpriced = bool(row["x_UnpricedReason"])
    for name in MANDATORY:
        empty = row[name] == ""
        assert empty == (unpriced and name in COSTS) or name in MAY_BE_EMPTY, (name, row)
    begin, end = time(row["ChargePeriodStart"]), time(row["ChargePeriodEnd"])
    assert begin < end and (end - begin).total_seconds() <= 86_400, row
    assert time(row["BillingPeriodStart"]) <= begin and end <= time(row["BillingPeriodEnd"]), row
    assert row["ChargeCategory"] == "Usage" and row["BillingCurrency"] == "USD" and row["BilledCost"] == "0"
    assert isinstance(json.loads(row["Tags"]), dict)
    if not unpriced:
        product = Decimal(row["ListUnitPrice"]) * Decimal(row["PricingQuantity"])
        assert abs(product - Decimal(row["ListCost"])) < Decimal("0.000002"), row
        assert row["ContractedCost"] == row["ListCost"] and row["x_PriceList"], row


main()
