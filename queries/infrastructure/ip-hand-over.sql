/*+++
id = "ip-hand-over"
title = "Addresses handed over within minutes"
question = "Where does one account follow another on the same address within minutes?"
rev = 2
status = "stable"
level = "medium"
tags = ["signal.infrastructure", "signal.timing"]
falsepositives = ["Colleagues in one office", "Mobile carriers"]
references = ["MITRE ATLAS AML.T0008.005 AI Service Proxies", "MITRE ATT&CK T1090.002 Proxy: External Proxy", "OWASP OAT-020 Account Aggregation"]
needs = { tables = [], columns = ["exchanges.ip"] }

[params.minutes]
type = "int"
default = 10
min = 1
max = 1440
help = "Longest gap"

[params.max_accounts]
type = "int"
default = 100
min = 2
help = "Addresses with more accounts are left out"

[params.least]
type = "int"
default = 3
min = 1
help = "Least hand-overs"

[columns.ip]
entity = "ip"

[[test]]
fixture = "ring"
rows = 1
contains = { ip = "198.51.100.7", hand_overs = 28 }
+++*/
WITH uses AS (
    SELECT ip, account_id, ts, lag(account_id) OVER (PARTITION BY ip ORDER BY ts, account_id) AS before_account,
           lag(ts) OVER (PARTITION BY ip ORDER BY ts, account_id) AS before_ts
    FROM exchanges WHERE ip IN (
        SELECT value FROM trait_stats WHERE family = 'ip' AND accounts BETWEEN 2 AND $max_accounts
    )
)
SELECT ip, count(*) AS hand_overs, count(DISTINCT account_id) AS accounts,
       round(median(date_diff('second', before_ts, ts)), 0) AS median_gap_s, min(ts) AS first_ts, max(ts) AS last_ts
FROM uses
WHERE before_account IS DISTINCT FROM account_id AND before_account IS NOT NULL
  AND date_diff('second', before_ts, ts) <= 60 * $minutes
GROUP BY ip HAVING count(*) >= $least ORDER BY hand_overs DESC, ip
