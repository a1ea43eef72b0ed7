/*+++
id = "changes-clusters"
title = "Clusters that changed"
kind = "page"
nothing = "No cluster appeared, grew, shrank, split, merged or went."

[columns.cluster_id]
entity = "cluster"
+++*/
WITH pairs AS (
    SELECT m.cluster_id, b.cluster_id AS older, count(*) AS shared
    FROM cluster_members AS m
    JOIN accounts_before AS b ON b.account_id = m.account_id AND b.cluster_id IS NOT NULL
    GROUP BY m.cluster_id, b.cluster_id
), older AS (
    SELECT cluster_id, count(*) AS accounts, coalesce(bool_or(campaign_like), false) AS campaign_like
    FROM accounts_before WHERE cluster_id IS NOT NULL GROUP BY cluster_id
), heirs AS (
    SELECT older, arg_max(cluster_id, (shared, cluster_id)) AS heir FROM pairs GROUP BY older
), origins AS (
    SELECT p.cluster_id, arg_max(p.older, (p.shared, p.older)) AS older, max(p.shared) AS shared,
           sum(p.shared)::BIGINT AS known,
           count(*) FILTER (WHERE p.shared * 2 >= o.accounts) AS taken
    FROM pairs AS p JOIN older AS o ON o.cluster_id = p.older
    GROUP BY p.cluster_id
), compared AS (
    SELECT c.cluster_id, r.older AS before,
           CASE WHEN r.older IS NULL THEN 'appeared'
                WHEN h.heir <> c.cluster_id THEN 'split off'
                WHEN r.taken > 1 THEN 'merged'
                WHEN c.accounts > o.accounts THEN 'grew'
                WHEN c.accounts < o.accounts THEN 'shrank'
                WHEN r.shared < c.accounts THEN 'exchanged members'
                ELSE 'same' END AS change,
           o.accounts AS accounts_before, c.accounts AS accounts_now,
           c.accounts - coalesce(r.known, 0) AS came,
           CASE WHEN h.heir = c.cluster_id THEN o.accounts - r.shared END AS went,
           coalesce(o.campaign_like, false) AS campaign_before, c.campaign_like AS campaign_now,
           c.score
    FROM clusters AS c
    LEFT JOIN origins AS r ON r.cluster_id = c.cluster_id
    LEFT JOIN older AS o ON o.cluster_id = r.older
    LEFT JOIN heirs AS h ON h.older = r.older
)
SELECT cluster_id, before, change, accounts_before, accounts_now, came, went, campaign_before,
       campaign_now, score
FROM compared WHERE change <> 'same' OR campaign_before <> campaign_now
UNION ALL
SELECT NULL, o.cluster_id, 'went', o.accounts, 0, 0, o.accounts, o.campaign_like, false, NULL
FROM older AS o ANTI JOIN heirs AS h ON h.older = o.cluster_id
ORDER BY campaign_now DESC, campaign_before DESC, came DESC, cluster_id NULLS LAST, before
