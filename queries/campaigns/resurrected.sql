/*+++
id = "resurrected"
title = "Accounts like those that were flagged"
question = "Which undecided accounts look like a flagged campaign that came back?"
nothing = "No undecided account looks like what was flagged."
howto = "Likeness weighs each shared value by how much likelier a flagged member has it than anybody else; the more values of a family an account has, the less one of them says, and of families that say the same only the strongest counts. Of accounts that are about as likely the newest come first. One card, device or telephone is enough; anything else takes two independent sources; a value on a list of known bad ones always is. `known_bad` are the case's lists, other patterns come from flagged campaigns here or from a case given with --seen."
rev = 3
status = "stable"
level = "high"
tags = ["campaign", "resurrection"]
falsepositives = ["A victim whose card was used by the campaign", "The next tenant of an address that the campaign had rented", "An honest account of the same household or office"]
references = ["MITRE ATLAS AML.T0021 Establish Accounts", "MITRE ATT&CK T1585 Establish Accounts"]

[params.min_likeness]
type = "float"
default = 0.5
min = 0.0
max = 1.0
help = "Likeness at least (0..1)"

[params.since]
type = "timestamp"
optional = true
help = "Only accounts made, or first seen, since then"

[columns.account_id]
entity = "account"

[columns.created_at]
sort = "desc"

[[decide]]
scope = "row.account_id"
suggest = "watch"
reason = "R-RESURRECTED"

[[test]]
fixture = "campaigns"
rows = 2
contains = { account_id = "t0", pattern = "C-RING", sources = "money" }
+++*/
WITH flagged AS (
    SELECT d.account_id, coalesce(c.campaign_id, m.cluster_id, 'flagged') AS pattern
    FROM decisions AS d
    LEFT JOIN campaign_members AS c ON c.account_id = d.account_id
    LEFT JOIN cluster_members AS m ON m.account_id = d.account_id
    WHERE d.verdict = 'flag' AND NOT d.pending
), sizes AS (
    SELECT pattern, count(*) AS accounts FROM flagged GROUP BY pattern
), patterns AS (
    SELECT f.pattern, t.family, t.value, count(*) AS members, min(z.accounts) AS accounts,
           count(*) AS inside
    FROM flagged AS f
    JOIN sizes AS z ON z.pattern = f.pattern
    JOIN traits AS t ON t.account_id = f.account_id
    WHERE t.family NOT IN ('signup', 'slot')
    GROUP BY f.pattern, t.family, t.value
    UNION ALL
    SELECT pattern, family, value, members, accounts, 0 FROM seen_patterns
    UNION ALL
    SELECT 'known_bad', family, value, 1, 1, 0 FROM entity_lists
    WHERE role = 'known_bad'
), independent AS (
    SELECT family, min(source) AS source FROM member_evidence GROUP BY family
), population AS (
    SELECT count(*) AS n FROM account_profile
), weighed AS (
    -- The account itself is no outsider: it is left out of those who have the value.
    SELECT p.pattern, p.family, p.value, p.accounts, coalesce(i.source, p.family) AS source,
           CASE WHEN p.pattern = 'known_bad' THEN 7.0
                ELSE least(ln((p.members + 0.5) / (p.accounts + 1.0))
                     - ln((greatest(s.accounts - p.inside - 1, 0) + 0.5) / (n.n + 1.0)), 7.0)
           END AS llr
    FROM patterns AS p
    JOIN trait_stats AS s ON s.family = p.family AND s.value = p.value
    LEFT JOIN independent AS i ON i.family = p.family
    CROSS JOIN population AS n
    WHERE NOT s.hub AND s.accounts > p.inside
), met AS (
    SELECT w.pattern, t.account_id, w.source, w.family, max(w.llr) AS llr,
           arg_max(w.value, (w.llr, w.value)) AS value
    FROM weighed AS w JOIN traits AS t ON t.family = w.family AND t.value = w.value
    WHERE w.llr > 1.0 AND t.account_id NOT IN (SELECT account_id FROM flagged)
    GROUP BY w.pattern, t.account_id, w.source, w.family
), chances AS (
    -- An account with many values of a family has many chances to meet one.
    SELECT t.account_id, t.family, count(*) AS n
    FROM traits AS t WHERE t.account_id IN (SELECT account_id FROM met)
    GROUP BY t.account_id, t.family
), matches AS (
    SELECT m.pattern, m.account_id, m.source, max(m.llr - ln(c.n)) AS llr,
           arg_max(m.family || ' ' || m.value,
                   (m.llr - ln(c.n), m.family, m.value)) AS example,
           bool_or(m.pattern = 'known_bad'
                   OR (m.family IN ('instrument', 'device', 'phone') AND m.llr > 3.0)) AS alone
    FROM met AS m JOIN chances AS c ON c.account_id = m.account_id AND c.family = m.family
    WHERE m.llr > ln(c.n)
    GROUP BY m.pattern, m.account_id, m.source
), scored AS (
    SELECT pattern, account_id,
           -- A sum's last digits depend on the order of what is summed.
           round(1.0 / (1.0 + exp(CASE WHEN bool_or(alone) THEN 3.0 ELSE 5.0 END - sum(llr))), 9)
               AS likeness,
           count(*) AS n_sources, bool_or(alone) AS alone,
           string_agg(source, ' ' ORDER BY source) AS sources, arg_max(example, (llr, example)) AS example
    FROM matches GROUP BY pattern, account_id
)
SELECT s.account_id, round(s.likeness, 4) AS likeness, s.pattern, s.sources, s.example,
       coalesce(a.created_at, f.first_ts) AS created_at, f.first_ts, f.exchanges, a.status,
       m.cluster_id
FROM scored AS s
LEFT JOIN accounts AS a ON a.account_id = s.account_id
LEFT JOIN account_profile AS f ON f.account_id = s.account_id
LEFT JOIN cluster_members AS m ON m.account_id = s.account_id
LEFT JOIN decisions AS d ON d.account_id = s.account_id AND NOT d.pending
WHERE s.likeness >= $min_likeness AND (s.alone OR s.n_sources >= 2) AND d.account_id IS NULL
  AND ($since IS NULL OR coalesce(a.created_at, f.first_ts) >= $since)
QUALIFY row_number() OVER (PARTITION BY s.account_id ORDER BY s.likeness DESC, s.pattern,
                             a.created_at, a.status) = 1
ORDER BY round(s.likeness, 1) DESC, coalesce(a.created_at, f.first_ts) DESC NULLS LAST,
         s.account_id
