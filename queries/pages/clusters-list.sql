/*+++
id = "clusters-list"
title = "Clusters, most suspicious first"
nothing = "No group shares enough to be a cluster; the warnings of the case may tell why."
rev = 2
kind = "page"

[columns.cluster_id]
entity = "cluster"

[columns.accounts]
unit = "accounts"

[columns.exchanges]
unit = "exchanges"
+++*/
-- A store made before clusters had a call has no such column: the name is then that of `before`.
WITH decided AS (
    SELECT m.cluster_id, count(d.account_id) AS decided,
           count(*) FILTER (WHERE d.verdict = 'flag') AS flagged
    FROM cluster_members AS m
    LEFT JOIN decisions AS d ON d.account_id = m.account_id AND NOT d.pending
    GROUP BY m.cluster_id
)
SELECT c.cluster_id, c.score, c.campaign_like, c.kind, c.accounts, c.exchanges, c.output_tokens,
       coalesce(d.decided, 0) AS decided, coalesce(d.flagged, 0) AS flagged,
       c.coordination, c.extraction, c.families, c.first_ts, c.last_ts, c.summary,
       coalesce(c.told, CASE WHEN c.campaign_like THEN 'campaign' END) AS call
FROM (SELECT CAST(NULL AS VARCHAR) AS call) AS before CROSS JOIN LATERAL (
    SELECT cluster_id, score, campaign_like, kind, accounts, exchanges, output_tokens,
           coordination, extraction, families, first_ts, last_ts, summary, call AS told
    FROM clusters
) AS c LEFT JOIN decided AS d ON d.cluster_id = c.cluster_id
ORDER BY c.campaign_like DESC, (c.told IS NOT NULL AND c.told LIKE 'coordinated%') DESC,
         CASE WHEN c.told LIKE 'coordinated%' THEN c.coordination ELSE c.score END DESC,
         c.accounts DESC, c.cluster_id
