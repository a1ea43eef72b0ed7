/*+++
id = "clusters-compared"
title = "Two clusters side by side"
kind = "page"

[params.cluster]
type = "cluster"
help = "The one"

[params.other]
type = "cluster"
help = "The other"
+++*/
WITH lines AS (
    SELECT 'score' AS part, axis || ': ' || name AS name,
           any_value(value) FILTER (WHERE cluster_id = $cluster) AS one,
           any_value(value) FILTER (WHERE cluster_id = $other) AS the_other,
           CAST(any_value(points) FILTER (WHERE cluster_id = $cluster) AS DOUBLE) AS one_points,
           CAST(any_value(points) FILTER (WHERE cluster_id = $other) AS DOUBLE) AS other_points,
           CAST(NULL AS BIGINT) AS others
    FROM cluster_components WHERE cluster_id IN ($cluster, $other)
    GROUP BY axis, name
), held AS (
    SELECT t.family, t.value,
           count(*) FILTER (WHERE m.cluster_id = $cluster) AS one,
           count(*) FILTER (WHERE m.cluster_id = $other) AS the_other
    FROM cluster_members AS m JOIN traits AS t ON t.account_id = m.account_id
    WHERE m.cluster_id IN ($cluster, $other)
    GROUP BY t.family, t.value
), ranked AS (
    SELECT h.*, s.accounts - h.one - h.the_other AS others,
           row_number() OVER (PARTITION BY h.one > 0, h.the_other > 0
                              ORDER BY least(h.one, h.the_other) * s.rarity DESC,
                              greatest(h.one, h.the_other) * s.rarity DESC, h.family, h.value)
               AS place
    FROM held AS h JOIN trait_stats AS s ON s.family = h.family AND s.value = h.value
    WHERE h.one + h.the_other >= 2 AND NOT s.hub
), shared AS (
    SELECT CASE WHEN one > 0 AND the_other > 0 THEN 'in both' ELSE 'in one' END AS part,
           family || ': ' || value AS name, CAST(one AS DOUBLE) AS one,
           CAST(the_other AS DOUBLE) AS the_other, CAST(NULL AS DOUBLE) AS one_points,
           CAST(NULL AS DOUBLE) AS other_points, others
    FROM ranked WHERE place <= 20
)
SELECT part, name, one, the_other, one_points, other_points, others FROM shared
UNION ALL
SELECT part, name, one, the_other, one_points, other_points, others FROM lines
ORDER BY part, name, one, the_other, one_points, other_points, others
