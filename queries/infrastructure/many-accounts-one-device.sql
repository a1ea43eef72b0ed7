/*+++
id = "many-accounts-one-device"
title = "One device, many accounts"
question = "Which devices hold several accounts?"
rev = 2
status = "stable"
level = "high"
tags = ["signal.device"]
falsepositives = ["A shared lab machine", "A test rig"]
references = ["MITRE ATLAS AML.T0021 Establish Accounts", "OWASP OAT-019 Account Creation"]

[params.min_accounts]
type = "int"
default = 3
min = 2
help = "Least accounts"

[columns.device_id]
entity = "device"

[[test]]
fixture = "ring"
rows = 1
contains = { device_id = "dev-ring", accounts = 8 }
+++*/
SELECT s.value AS device_id, s.accounts, round(s.rarity, 2) AS rarity, min(t.first_ts) AS first_ts, max(t.last_ts) AS last_ts
FROM trait_stats AS s JOIN traits AS t ON t.family = s.family AND t.value = s.value
WHERE s.family = 'device' AND s.accounts >= $min_accounts
GROUP BY s.value, s.accounts, s.rarity ORDER BY s.accounts DESC, s.value
