-- Prompts that the exporter cut: so many different ones have exactly the greatest length of all.
-- The example is that length.
WITH longest AS (
    SELECT max(prompt_chars) AS chars, count(prompt_chars) AS prompts FROM exchanges
), cut AS (
    SELECT any_value(l.chars) AS chars, any_value(l.prompts) AS prompts, count(*) AS rows,
           count(DISTINCT e.prompt_hash) AS texts
    FROM exchanges AS e JOIN longest AS l ON e.prompt_chars = l.chars
)
SELECT 'exchanges' AS table_name, 'prompt_chars' AS column_name, 'cut_prompts' AS code, rows,
       CAST(chars AS VARCHAR) AS example,
       'Prompts that all end at one length: they were cut, and what came after is not known.'
           AS message
FROM cut WHERE texts >= 20 AND texts >= 0.1 * rows AND rows >= 0.02 * prompts
