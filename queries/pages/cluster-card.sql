/*+++
id = "cluster-card"
title = "One cluster"
rev = 2
kind = "page"

[params.cluster]
type = "cluster"
help = "The cluster"
+++*/
-- A store made before clusters had a call has no such column: the name is then that of `before`.
WITH decided AS (
    SELECT m.cluster_id, count(d.account_id) AS decided,
           count(*) FILTER (WHERE d.verdict = 'flag') AS flagged
    FROM cluster_members AS m
    LEFT JOIN decisions AS d ON d.account_id = m.account_id AND NOT d.pending
    GROUP BY m.cluster_id
)
SELECT c.cluster_id, c.score, c.campaign_like, c.kind, c.accounts, c.exchanges, c.input_tokens,
       c.output_tokens, c.first_ts, c.last_ts, c.coordination, c.extraction, c.families,
       c.breaking_family, c.missing, c.continues, c.summary,
       coalesce(c.told, CASE WHEN c.campaign_like THEN 'campaign' END) AS call,
       (SELECT string_agg(CASE l.relation WHEN 'split' THEN 'split off ' ELSE 'took in ' END
                          || l.older, ', ' ORDER BY l.older)
        FROM cluster_lineage AS l
        WHERE l.cluster_id = c.cluster_id AND l.relation <> 'continues') AS origin,
       coalesce(d.decided, 0) AS decided, coalesce(d.flagged, 0) AS flagged
FROM (SELECT CAST(NULL AS VARCHAR) AS call) AS before CROSS JOIN LATERAL (
    SELECT cluster_id, score, campaign_like, kind, accounts, exchanges, input_tokens,
           output_tokens, first_ts, last_ts, coordination, extraction, families, breaking_family,
           missing, continues, summary, call AS told
    FROM clusters
) AS c LEFT JOIN decided AS d ON d.cluster_id = c.cluster_id
WHERE c.cluster_id = $cluster
ORDER BY c.cluster_id
