/*+++
id = "trait-near"
title = "Nearly the same prompt"
rev = 2
kind = "trait"
family = "near"
weight = 0.7
hub_cap = 500
question = "Which accounts send prompts made from one template, whatever stands in its gaps?"
falsepositives = ["Users of a public template", "Homework", "Benchmarks"]
references = ["Broder 1997, On the Resemblance and Containment of Documents", "MITRE ATLAS AML.T0065 LLM Prompt Crafting"]
howto = "MinHash with banding (Broder 1997): of the hashes of all 7-byte pieces of a prompt the least in each of 20 classes; five bands of four. The value is the alphabetically first prompt of those that agree in a band."
+++*/
WITH sampled AS MATERIALIZED (
    SELECT row_number() OVER () AS r, t.account_id, t.ts,
           regexp_replace(regexp_replace(lower(left(t.prompt, 400)), '[0-9]+', '#', 'g'),
                          '\s+', ' ', 'g') AS wording
    FROM exchange_text AS t JOIN account_profile AS p ON p.account_id = t.account_id
    -- About 6 prompts of each account, picked by their time.
    WHERE t.prompt IS NOT NULL AND (epoch_ms(t.ts) % 9973) * p.exchanges < 6 * 9973
      AND strlen(t.prompt) >= 60
), pieces AS (
    -- Bytes, not characters: a cut by characters reads the text from its begin each time.
    SELECT r, unnest(list_transform(range(1, strlen(wording) - 5),
                                 lambda i: hash(encode(wording)[i:i + 6]))) AS piece
    FROM sampled
), least AS (
    SELECT r, CAST(piece % 20 AS UTINYINT) AS class, min(piece) AS piece
    FROM pieces GROUP BY r, class
), bands AS (
    SELECT r, class // 4 AS band, hash(list(piece ORDER BY class)) AS print
    FROM least GROUP BY r, band HAVING count(*) = 4
), shared AS (
    SELECT b.band, b.print, min(left(s.wording, 120)) AS value
    FROM bands AS b JOIN sampled AS s ON s.r = b.r
    GROUP BY b.band, b.print HAVING min(s.account_id) < max(s.account_id)
)
SELECT s.account_id, k.value, count(DISTINCT s.r) AS n,
       min(s.ts) AS first_ts, max(s.ts) AS last_ts
FROM bands AS b JOIN shared AS k ON k.band = b.band AND k.print = b.print
JOIN sampled AS s ON s.r = b.r
GROUP BY s.account_id, k.value
