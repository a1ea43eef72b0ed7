/*+++
id = "clusters-list"
title = "Clusters, most suspicious first"
nothing = "No group shares enough to be a cluster; the warnings of the case may tell why."
kind = "page"

[columns.cluster_id]
entity = "cluster"

[columns.accounts]
unit = "accounts"

[columns.exchanges]
unit = "exchanges"
+++*/
WITH decided AS (
    SELECT m.cluster_id, count(d.account_id) AS decided,
           count(*) FILTER (WHERE d.verdict = 'flag') AS flagged
    FROM cluster_members AS m
    LEFT JOIN decisions AS d ON d.account_id = m.account_id AND NOT d.pending
    GROUP BY m.cluster_id
)
SELECT c.cluster_id, c.score, c.campaign_like, c.kind, c.accounts, c.exchanges, c.output_tokens,
       coalesce(d.decided, 0) AS decided, coalesce(d.flagged, 0) AS flagged,
       c.coordination, c.extraction, c.families, c.first_ts, c.last_ts, c.summary
FROM clusters AS c LEFT JOIN decided AS d ON d.cluster_id = c.cluster_id
ORDER BY c.campaign_like DESC, c.score DESC, c.accounts DESC, c.cluster_id
