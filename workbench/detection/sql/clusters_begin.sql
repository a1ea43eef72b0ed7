CREATE OR REPLACE TABLE clusters (
    cluster_id VARCHAR, accounts BIGINT, exchanges BIGINT, input_tokens BIGINT,
    output_tokens BIGINT, first_ts TIMESTAMP, last_ts TIMESTAMP, score DOUBLE,
    campaign_like BOOLEAN, families VARCHAR, summary VARCHAR, coordination DOUBLE,
    extraction DOUBLE, kind VARCHAR, breaking_family VARCHAR, missing VARCHAR, continues VARCHAR,
    call VARCHAR
);
CREATE OR REPLACE TABLE cluster_members (
    cluster_id VARCHAR, account_id VARCHAR, cluster_score DOUBLE, member_score DOUBLE,
    campaign_like BOOLEAN, certain BOOLEAN, families INTEGER
);
CREATE OR REPLACE TABLE cluster_near (
    cluster_id VARCHAR, account_id VARCHAR, cluster_score DOUBLE, likeness DOUBLE, shares VARCHAR,
    speaks_for DOUBLE, speaks_against DOUBLE
);
CREATE OR REPLACE TABLE member_evidence (
    cluster_id VARCHAR, account_id VARCHAR, source VARCHAR, family VARCHAR, value VARCHAR,
    llr DOUBLE
);
CREATE OR REPLACE TABLE cluster_evidence (
    cluster_id VARCHAR, family VARCHAR, value VARCHAR, members BIGINT, outsiders BIGINT,
    accounts BIGINT, rarity DOUBLE, surprise DOUBLE, weight DOUBLE, query VARCHAR
);
CREATE OR REPLACE TABLE cluster_components (
    cluster_id VARCHAR, axis VARCHAR, name VARCHAR, value DOUBLE, population DOUBLE,
    points DOUBLE, finding VARCHAR, meaning VARCHAR, query VARCHAR, level DOUBLE, weight DOUBLE
);
CREATE OR REPLACE TABLE cluster_sources (
    cluster_id VARCHAR, source VARCHAR, mean_llr DOUBLE, support BIGINT, remaining BIGINT,
    breaks BOOLEAN, query VARCHAR
);
CREATE OR REPLACE TABLE cluster_explanations (
    cluster_id VARCHAR, place INTEGER, explanation VARCHAR, result VARCHAR, finding VARCHAR,
    query VARCHAR
);
CREATE OR REPLACE TABLE cluster_lineage (
    cluster_id VARCHAR, older VARCHAR, relation VARCHAR, accounts BIGINT
);
CREATE OR REPLACE TABLE find_warnings (code VARCHAR, message VARCHAR, n BIGINT)
