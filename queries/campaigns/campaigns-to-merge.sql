/*+++
id = "campaigns-to-merge"
title = "Campaigns that may be one"
question = "Which campaigns, or a campaign and another cluster, share values that hardly anybody else has?"
nothing = "No two of them share more rare values than chance explains."
howto = "Look at what is shared first (evidence of both), then merge. `by_chance` is what two groups of their sizes would share anyway. One card or device is enough; anything else takes two independent sources."
rev = 3
status = "stable"
level = "medium"
tags = ["campaign"]
falsepositives = ["Two campaigns that rent the same proxy pool", "Two campaigns that work from one public phrase book", "A reseller of accounts that serves several operators"]
references = ["MITRE ATLAS AML.CS0056 Model Distillation Campaigns Targeting Anthropic Claude", "Stringhini et al. 2015, EvilCohort: Detecting Communities of Malicious Accounts on Online Services"]

[params.times]
type = "float"
default = 3.0
min = 1.0
help = "Rare values they share, at least so many times what chance would give"

[columns.campaign_id]
entity = "campaign"

[columns.with_id]
entity = "cluster"

[[test]]
fixture = "campaigns"
rows = 1
contains = { campaign_id = "C-RING", with_id = "C-TWIN", families = "device instrument", shared_values = 2 }
+++*/
WITH groups AS (
    -- Campaigns as they stand, and the coordinated clusters that are in none.
    SELECT account_id, campaign_id AS id, TRUE AS campaign FROM campaign_members
    UNION ALL
    SELECT m.account_id, m.cluster_id, FALSE
    FROM cluster_members AS m JOIN clusters AS c ON c.cluster_id = m.cluster_id
    WHERE c.coordination >= 0.5
      AND m.account_id NOT IN (SELECT account_id FROM campaign_members)
), sizes AS (
    SELECT id, bool_or(campaign) AS campaign,
           count(*) / greatest((SELECT count(*) FROM account_profile), 1) AS share
    FROM groups GROUP BY id
), rare AS (
    SELECT family, value, accounts, rarity FROM trait_stats
    WHERE NOT hub AND accounts BETWEEN 2 AND 200 AND family NOT IN ('signup', 'slot')
), levels AS (
    SELECT family, accounts, count(*) AS n FROM rare GROUP BY family, accounts
), held AS (
    SELECT DISTINCT r.family, r.value, r.rarity, g.id
    FROM rare AS r
    JOIN traits AS t ON t.family = r.family AND t.value = r.value
    JOIN groups AS g ON g.account_id = t.account_id
), shared AS (
    SELECT x.id AS campaign_id, y.id AS with_id, x.family, count(*) AS shared_values,
           arg_max(x.family || ' ' || x.value, (x.rarity, x.value)) AS example
    FROM held AS x
    JOIN held AS y ON y.family = x.family AND y.value = x.value AND y.id <> x.id
    GROUP BY x.id, y.id, x.family
), expected AS (
    -- What two groups of these sizes would share if every value fell on accounts by chance.
    SELECT h.campaign_id, h.with_id, h.family, min(h.shared_values) AS shared_values,
           min(h.example) AS example,
           sum(l.n * (1 - pow(1 - x.share, l.accounts)) * (1 - pow(1 - y.share, l.accounts)))
               AS by_chance
    FROM shared AS h
    JOIN sizes AS x ON x.id = h.campaign_id
    JOIN sizes AS y ON y.id = h.with_id
    JOIN levels AS l ON l.family = h.family
    WHERE x.campaign AND (NOT y.campaign OR h.campaign_id < h.with_id)
    GROUP BY h.campaign_id, h.with_id, h.family
), telling AS (
    SELECT e.campaign_id, e.with_id, e.family, e.shared_values, e.by_chance, e.example,
           ln(e.shared_values / (e.by_chance + 0.25)) AS lift, coalesce(i.source, e.family) AS source,
           e.family IN ('instrument', 'device', 'phone') AS identity
    FROM expected AS e
    LEFT JOIN (SELECT family, min(source) AS source FROM member_evidence GROUP BY family) AS i
        ON i.family = e.family
    WHERE e.shared_values >= $times * (e.by_chance + 0.25)
)
SELECT campaign_id, with_id, CAST(sum(shared_values) AS BIGINT) AS shared_values,
       round(sum(by_chance), 2) AS by_chance,
       string_agg(family, ' ' ORDER BY family) AS families, arg_max(example, (lift, example)) AS example
FROM telling
GROUP BY campaign_id, with_id
HAVING bool_or(identity) OR count(DISTINCT source) >= 2
ORDER BY bool_or(identity) DESC, round(sum(lift), 6) DESC, campaign_id, with_id
