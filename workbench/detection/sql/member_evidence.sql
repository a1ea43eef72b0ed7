-- Each member's ratio per family beside the one value of that family that most members share.
INSERT INTO member_evidence
WITH terms AS (
    SELECT i.account_id, r.cluster_id, r.family, r.source, r.llr
    FROM read_parquet($path) AS r JOIN account_index AS i ON i.a = r.a
), telling AS (
    SELECT t.account_id, t.family, arg_max(t.value, (e.weight, t.value)) AS value
    FROM traits AS t
    JOIN cluster_members AS b ON b.account_id = t.account_id
    JOIN cluster_evidence AS e
      ON e.cluster_id = b.cluster_id AND e.family = t.family AND e.value = t.value
    GROUP BY t.account_id, t.family
)
SELECT t.cluster_id, t.account_id, t.source, t.family,
       coalesce(v.value, CASE t.family WHEN 'rhythm' THEN 'active when the others are'
                WHEN 'lacking' THEN 'little of what most members share: ' || t.source END),
       t.llr
FROM terms AS t
LEFT JOIN telling AS v ON v.account_id = t.account_id AND v.family = t.family
ORDER BY t.cluster_id, t.account_id, t.llr DESC, t.family
