-- Cells of text to the types of the schema. Each answers NULL where the text is no such value;
-- the session's time zone is UTC.

-- Whole numbers exactly; "12.0" and "1e3" too, because exports of nullable columns write them so.
CREATE TEMP MACRO whole(d) AS
    CASE WHEN abs(d) < 9007199254740992 AND floor(d) = d THEN CAST(d AS BIGINT) END;

CREATE TEMP MACRO text_double(x) AS
    CASE WHEN regexp_matches(x, '^\s*[-+]?[0-9.]') AND NOT contains(x, '_')
         THEN TRY_CAST(x AS DOUBLE) END;

CREATE TEMP MACRO text_bigint(x) AS
    CASE WHEN regexp_full_match(x, '\s*[-+]?[0-9]+\s*') THEN TRY_CAST(x AS BIGINT)
         ELSE whole(text_double(x)) END;

-- Numbers with a decimal comma or point, their digits in groups of three or not: 1.234,5 or 1,234.5
-- as 1234.5. NULL for any other text: a group cut short would be a number of another size.
CREATE TEMP MACRO comma_number(x) AS
    CASE WHEN regexp_full_match(trim(x),
            '[-+]?([1-9][0-9]{0,2}([. ''\x{A0}\x{202F}][0-9]{3})+|[0-9]*)(,[0-9]*)?')
         THEN replace(regexp_replace(trim(x), '[. ''\x{A0}\x{202F}]', '', 'g'), ',', '.') END;

CREATE TEMP MACRO point_number(x) AS
    CASE WHEN regexp_full_match(trim(x),
            '[-+]?([1-9][0-9]{0,2}([, ''\x{A0}\x{202F}][0-9]{3})+|[0-9]*)(\.[0-9]*)?')
         THEN regexp_replace(trim(x), '[, ''\x{A0}\x{202F}]', '', 'g') END;

CREATE TEMP MACRO text_boolean(x) AS
    CASE WHEN lower(trim(x)) IN ('true', 't', 'yes', 'y', '1', '1.0') THEN true
         WHEN lower(trim(x)) IN ('false', 'f', 'no', 'n', '0', '0.0') THEN false END;

-- ISO 8601 with "T" or a space, "Z", an offset or the name of a place; without either it is UTC. An
-- abbreviation of a zone is none: BST is said in London and in Dhaka.
CREATE TEMP MACRO is_time(x) AS
    regexp_full_match(x, '\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([T ]+[0-9][0-9:.]*)?([-+][0-9]{2}(:?[0-9]{2}){0,2}|\s*(Z|z|UTC|GMT)|\s+[A-Z][A-Za-z]+/[A-Za-z/_+-]+)?\s*');

-- Offsets as programs print them: "UTC+2", "+0200 CEST", "+0000 UTC m=+1.2".
CREATE TEMP MACRO plain_offset(x) AS
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(x, '([-+][0-9]{2}:?[0-9]{2}) [A-Z]{3,5}( m=.*)?\s*$', '\1'),
        '\s*(UTC|GMT)([-+][0-9]{2}(:?[0-9]{2})?)\s*$', '\2'),
        '\s*(UTC|GMT)([-+])([0-9])(:[0-9]{2})?\s*$', '\20\3\4'), '([0-9]) +([-+][0-9]{2}:?[0-9]{0,2})\s*$', '\1\2');

CREATE TEMP MACRO iso_time(x) AS CAST(TRY_CAST(x AS TIMESTAMPTZ) AS TIMESTAMP);

CREATE TEMP MACRO text_time(x) AS
    CASE WHEN is_time(x) THEN iso_time(x)
         WHEN is_time(plain_offset(x)) THEN iso_time(plain_offset(x)) END;

-- A time without the abbreviation of its zone, where the mapping says which zone it is.
CREATE TEMP MACRO zoneless(x) AS regexp_replace(x, '([0-9]) ?[A-Z]{3,5}\s*$', '\1');

-- The same where a time without offset is local to a zone.
CREATE TEMP MACRO zoned_time(x, zone) AS
    CASE WHEN regexp_matches(x, '([Zz]|UTC|GMT|[0-9] ?[-+][0-9]{2}(:?[0-9]{2})?|[A-Za-z]+/[A-Za-z_/+-]+|(UTC|GMT)[-+][0-9:]+)\s*$')
              AND regexp_matches(x, '[0-9]:[0-9]') THEN text_time(x)
         WHEN regexp_matches(x, '^\s*[0-9]{4}-[0-9]')
         THEN CAST(timezone(zone, TRY_CAST(zoneless(x) AS TIMESTAMP)) AS TIMESTAMP) END;

CREATE TEMP MACRO formatted_time(x, form, zone) AS
    CAST(timezone(zone, TRY_CAST(try_strptime(trim(x), form) AS TIMESTAMP)) AS TIMESTAMP);

-- Durations that say their unit, in milliseconds: "0.9s", "850 ms", "1m2s", "PT0.9S", "0:00:00.9".
CREATE TEMP MACRO duration_part(x, unit) AS
    coalesce(TRY_CAST(nullif(regexp_extract(x, '([0-9.]+)\s*' || unit, 1), '') AS DOUBLE), 0);

CREATE TEMP MACRO text_duration(x) AS
    CASE WHEN regexp_full_match(x, '\s*[0-9]+:[0-9]{2}:[0-9]{2}(\.[0-9]+)?\s*')
         THEN TRY(CAST(round((CAST(split_part(x, ':', 1) AS DOUBLE) * 3600
                  + CAST(split_part(x, ':', 2) AS DOUBLE) * 60
                  + CAST(split_part(x, ':', 3) AS DOUBLE)) * 1000) AS BIGINT))
         WHEN regexp_full_match(x, '(?i)\s*(PT)?([0-9.]+\s*h)?([0-9.]+\s*m)?([0-9.]+\s*(s|sec|secs|seconds?))?\s*')
              AND regexp_matches(x, '(?i)[0-9]\s*(h|m|s)')
         THEN CAST(round(duration_part(x, '[hH]') * 3600000
                  + duration_part(x, '[mM]([^sS]|$)') * 60000
                  + duration_part(x, '[sS]') * 1000) AS BIGINT)
         WHEN regexp_full_match(x, '(?i)\s*[0-9.]+\s*(ms|msecs?|millis|milliseconds?)\s*')
         THEN CAST(round(duration_part(x, '[mM]')) AS BIGINT)
         WHEN regexp_full_match(x, '(?i)\s*[0-9.]+\s*(us|µs|microseconds?)\s*')
         THEN CAST(round(duration_part(x, '[uUµmM]') / 1000) AS BIGINT)
         WHEN regexp_full_match(x, '(?i)\s*[0-9.]+\s*(ns|nanoseconds?)\s*')
         THEN CAST(round(duration_part(x, '[nN]') / 1000000) AS BIGINT) END;

-- What an amount in major units is multiplied by, by ISO 4217.
CREATE TEMP MACRO minor_units(currency) AS
    CASE WHEN upper(trim(currency)) IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW',
              'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 1.0
         WHEN upper(trim(currency)) IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 1000.0
         WHEN upper(trim(currency)) IN ('CLF', 'UYW') THEN 10000.0
         ELSE 100.0 END;

-- An address as everybody writes it; what is no plain IPv4 address goes the long way.
CREATE TEMP MACRO canonical_ip(x) AS
    CASE WHEN regexp_full_match(x, '(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}') THEN x
         WHEN x IS NOT NULL THEN address_text(x) END;

-- A key of 16 bytes as the text that it stands for.
CREATE TEMP MACRO uuid_text(b) AS
    regexp_replace(lower(hex(b)), '^(.{8})(.{4})(.{4})(.{4})(.{12})$', '\1-\2-\3-\4-\5');

-- Numbers since 1970: exact in decimal arithmetic, cut to the microsecond.
CREATE TEMP MACRO epoch_time(x, microseconds) AS
    TRY(make_timestamp(CAST(floor(TRY_CAST(x AS DECIMAL(28, 9)) * microseconds) AS BIGINT)));

CREATE TEMP MACRO epoch_ns_time(x) AS
    TRY(make_timestamp(TRY_CAST(x AS BIGINT) // 1000));

-- A time as text or as a number since 1970 of any usual unit.
CREATE TEMP MACRO any_time(x) AS
    CASE WHEN regexp_full_match(x, '\s*[0-9]{9,19}(\.[0-9]+)?\s*')
         THEN CASE WHEN TRY_CAST(x AS DOUBLE) < 1e11 THEN epoch_time(x, 1000000)
                   WHEN TRY_CAST(x AS DOUBLE) < 1e14 THEN epoch_time(x, 1000)
                   WHEN TRY_CAST(x AS DOUBLE) < 1e17 THEN epoch_time(x, 1)
                   ELSE epoch_ns_time(x) END
         ELSE text_time(x) END;

-- The normal form of a text: NFC, full-width letters and digits as ASCII, lower case. (The engine
-- has no NFKC; these are the compatibility forms that matter here.) Written for speed: only a text
-- with combining marks, conjoining jamo or full-width letters takes the long way.
CREATE TEMP MACRO folded(x) AS
    CASE WHEN strlen(x) = length(x)
              OR NOT regexp_matches(x, '[\x{300}-\x{36F}\x{1100}-\x{11FF}\x{3099}\x{309A}０-９Ａ-Ｚａ-ｚ]')
         THEN lower(x)
         ELSE lower(nfc_normalize(translate(x,
            '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ',
            '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'))) END;

-- A text without its white space, to be hashed; few texts hold tabs or carriage returns.
CREATE TEMP MACRO dense(x) AS
    CASE WHEN contains(x, chr(9)) OR contains(x, chr(13))
         THEN replace(replace(replace(replace(x, ' ', ''), chr(10), ''), chr(9), ''), chr(13), '')
         ELSE replace(replace(x, ' ', ''), chr(10), '') END;

-- Line ends as spaces, runs of up to four spaces as one.
CREATE TEMP MACRO spaced(x) AS replace(replace(replace(x, chr(10), ' '), '  ', ' '), '  ', ' ');

-- The last eight bytes of the MD5, little-endian, shifted right by one: 63 bits that every host,
-- engine version and other tool can work out again.
-- md5_number_lower names the same bytes and takes twice as long.
CREATE TEMP MACRO text_hash(x) AS CAST(md5_number(x) >> 65 AS BIGINT);

CREATE TEMP MACRO digits_masked(x) AS
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(x,
        '0', '#'), '1', '#'), '2', '#'), '3', '#'), '4', '#'), '5', '#'), '6', '#'), '7', '#'),
        '8', '#'), '9', '#');

CREATE TEMP MACRO supplied_hash(x) AS
    CASE WHEN x IS NULL OR x = '' THEN NULL ELSE coalesce(TRY_CAST(
        CASE WHEN regexp_full_match(x, '-?[0-9]+') THEN x END AS BIGINT), text_hash(x)) END;

CREATE TEMP MACRO domain_of(email) AS
    CASE WHEN contains(email, '@') THEN lower(trim(regexp_extract(email, '@([^@]*)$', 1))) END;
