/*+++
id = "rare-clients"
title = "Rare clients"
question = "Which combinations of user agent and TLS fingerprint do only a few accounts have?"
rev = 1
status = "stable"
level = "medium"
tags = ["signal.client"]
falsepositives = ["An in-house tool of one company", "An old release of a common SDK"]
needs = { tables = [], columns = ["exchanges.user_agent"] }

[params.min_accounts]
type = "int"
default = 5
min = 2
help = "Least accounts"

[params.max_accounts]
type = "int"
default = 2000
min = 2
help = "Most accounts"

[columns.client]
entity = "value"

[[test]]
fixture = "ring"
rows = 1
contains = { client = "agent|t13d", accounts = 8 }
+++*/
SELECT s.value AS client, s.accounts, round(s.rarity, 2) AS rarity, min(t.first_ts) AS first_ts, max(t.last_ts) AS last_ts
FROM trait_stats AS s JOIN traits AS t ON t.family = s.family AND t.value = s.value
WHERE s.family = 'client' AND s.accounts BETWEEN $min_accounts AND $max_accounts
GROUP BY s.value, s.accounts, s.rarity ORDER BY s.accounts DESC, s.value
