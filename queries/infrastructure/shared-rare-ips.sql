/*+++
id = "shared-rare-ips"
title = "Rare addresses shared by several accounts"
question = "Which addresses do a few accounts share and hardly anybody else?"
rev = 2
status = "stable"
level = "medium"
tags = ["signal.infrastructure"]
falsepositives = ["An office or a campus", "A carrier that shares addresses", "A VPN exit"]
references = ["MITRE ATT&CK T1090.002 Proxy: External Proxy", "Stringhini et al. 2015, EvilCohort: Detecting Communities of Malicious Accounts on Online Services"]
needs = { tables = [], columns = ["exchanges.ip"] }

[params.min_accounts]
type = "int"
default = 3
min = 2
help = "Least accounts"

[params.max_accounts]
type = "int"
default = 200
min = 2
help = "Most accounts: above it is a hub"

[columns.ip]
entity = "ip"

[columns.accounts]
unit = "accounts"

[[test]]
fixture = "ring"
rows = 1
contains = { ip = "198.51.100.7", accounts = 8 }
+++*/
SELECT s.value AS ip, s.accounts, round(s.rarity, 2) AS rarity, min(t.first_ts) AS first_ts,
       max(t.last_ts) AS last_ts, CAST(sum(t.n) AS BIGINT) AS exchanges
FROM trait_stats AS s JOIN traits AS t ON t.family = s.family AND t.value = s.value
WHERE s.family = 'ip' AND s.accounts BETWEEN $min_accounts AND $max_accounts
GROUP BY s.value, s.accounts, s.rarity ORDER BY s.accounts DESC, s.value
