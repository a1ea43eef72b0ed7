/*+++
id = "overview-span"
title = "First and last event"
kind = "page"
+++*/
SELECT min(first_ts) AS first_ts, max(last_ts) AS last_ts FROM account_profile
