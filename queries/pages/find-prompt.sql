/*+++
id = "find-prompt"
title = "Prompts that hold a text"
rev = 3
nothing = "No prompt holds this. Fewer words find more; a pattern finds what varies."
kind = "page"

[params.text]
type = "text"
help = "Text inside prompts"

[params.pattern]
type = "bool"
default = false
help = "The text is a regular expression; large and small letters are one"

[params.most]
type = "int"
default = 1000
min = 1
max = 100000
help = "How many are listed; all are counted"

[columns.account_id]
entity = "account"

[columns.exchange_id]
entity = "exchange"
+++*/
WITH held AS (
    SELECT account_id, ts, exchange_id, prompt,
           CASE WHEN $pattern THEN strpos(prompt, regexp_extract(prompt, $text, 0, 'is'))
                ELSE strpos(lower(prompt), lower($text)) END AS place
    FROM exchange_text
    WHERE CASE WHEN $pattern THEN regexp_matches(prompt, $text, 'is')
               ELSE contains(lower(prompt), lower($text)) END
)
SELECT substr(prompt, greatest(1, place - 12), 160) AS around, account_id, ts, exchange_id,
       count(*) OVER () AS of_all
FROM held
ORDER BY account_id, ts, exchange_id, around LIMIT $most
