/*+++
id = "evidence-without"
title = "What would be left without each source"
question = "How many members would still belong if one source of evidence were taken away?"
rev = 2
status = "test"
level = "informational"
tags = ["evidence"]

[params.cluster]
type = "cluster"
help = "The cluster"

+++*/
WITH sizes AS (
    SELECT count(*) AS size, ln(count(*) / CAST((SELECT count(*) FROM account_profile) AS DOUBLE))
        AS prior
    FROM cluster_members WHERE cluster_id = $cluster
), best AS (
    SELECT account_id, source,
           coalesce(max(llr) FILTER (WHERE family <> 'lacking'), 0.0) AS llr,
           coalesce(sum(llr) FILTER (WHERE family = 'lacking'), 0.0) AS against
    FROM member_evidence WHERE cluster_id = $cluster GROUP BY account_id, source
), halves AS (
    -- A sum's last digits depend on the order of what is summed.
    SELECT source, 0.5 * round(sum(llr), 6) / any_value(z.size) AS half
    FROM best, sizes AS z GROUP BY source
), typical AS (
    -- What most members have: whoever has none of it does not stay.
    SELECT h.source
    FROM halves AS h JOIN best AS b ON b.source = h.source, sizes AS z
    GROUP BY h.source HAVING any_value(h.half) >= 1.0
        AND count(*) FILTER (WHERE b.llr >= h.half) >= 0.6 * any_value(z.size)
), totals AS (
    SELECT s.source, b.account_id,
           sum(CASE WHEN b.source <> s.source THEN b.llr + b.against ELSE 0.0 END) AS odds,
           count(*) FILTER (WHERE b.source <> s.source AND b.llr >= 1.6) AS support,
           count(*) FILTER (WHERE b.source <> s.source AND b.llr >= 1.6
                            AND b.source IN (SELECT source FROM typical)) AS anchors,
           (SELECT count(*) FROM typical WHERE source <> s.source) AS anchoring
    FROM halves AS s, best AS b GROUP BY s.source, b.account_id
)
SELECT t.source, h.half * 2 AS mean_llr,
       (SELECT count(*) FROM best AS b WHERE b.source = t.source AND b.llr >= 1.6) AS support,
       count(*) FILTER (WHERE t.odds + z.prior > 0 AND t.support >= 2
                        AND (t.anchors > 0 OR t.anchoring = 0)) AS remaining
FROM totals AS t JOIN halves AS h ON h.source = t.source, sizes AS z
GROUP BY t.source, h.half ORDER BY mean_llr DESC, t.source
