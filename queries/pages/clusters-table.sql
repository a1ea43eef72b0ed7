/*+++
id = "clusters-table"
title = "Clusters as a table"
rev = 2
kind = "page"

[params.min_score]
type = "float"
default = 0.0
help = "Only clusters with at least this score"

[columns.cluster_id]
entity = "cluster"
+++*/
-- A store made before clusters had a call has no such column: the name is then that of `before`.
SELECT c.cluster_id, c.accounts, c.exchanges, c.input_tokens, c.output_tokens, c.first_ts,
       c.last_ts, c.score, c.campaign_like, c.families, c.summary,
       coalesce(c.told, CASE WHEN c.campaign_like THEN 'campaign' END) AS call, c.coordination
FROM (SELECT CAST(NULL AS VARCHAR) AS call) AS before CROSS JOIN LATERAL (
    SELECT cluster_id, accounts, exchanges, input_tokens, output_tokens, first_ts, last_ts, score,
           campaign_like, families, summary, call AS told, coordination
    FROM clusters
) AS c
WHERE c.score >= $min_score
ORDER BY c.campaign_like DESC, (c.told IS NOT NULL AND c.told LIKE 'coordinated%') DESC,
         CASE WHEN c.told LIKE 'coordinated%' THEN c.coordination ELSE c.score END DESC,
         c.accounts DESC, c.cluster_id
