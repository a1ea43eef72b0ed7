/*+++
id = "signup-bursts"
title = "Sign-up bursts"
question = "In which hours did far more accounts appear than usual?"
rev = 1
status = "stable"
level = "medium"
tags = ["signal.signup"]
falsepositives = ["A launch or a marketing mail", "A class on its first day", "A hackathon"]
needs = { tables = [], columns = ["accounts.created_at"] }

[params.min_z]
type = "float"
default = 5.0
min = 0.0
help = "Least robust z (median and MAD over all hours)"

[columns.accounts]
unit = "accounts"

[[next]]
query = "accounts-of-hour"
label = "Accounts made in this hour"
bind = { hour = "row.hour" }

[[test]]
fixture = "ring"
params = { min_z = 2.0 }
rows = 1
contains = { accounts = 8, domains = 8 }
+++*/
WITH hours AS (
    SELECT date_trunc('hour', created_at) AS hour, count(*) AS accounts,
           count(DISTINCT email_domain) AS domains, count(DISTINCT signup_ip) AS ips
    FROM accounts WHERE created_at IS NOT NULL GROUP BY ALL
), usual AS (
    SELECT median(accounts) AS middle, mad(accounts) AS spread FROM hours
)
SELECT h.hour, h.accounts, h.domains, h.ips,
       round((h.accounts - u.middle) / greatest(1.4826 * u.spread, 1.0), 2) AS robust_z
FROM hours AS h CROSS JOIN usual AS u
WHERE (h.accounts - u.middle) / greatest(1.4826 * u.spread, 1.0) >= $min_z
ORDER BY robust_z DESC, h.hour
