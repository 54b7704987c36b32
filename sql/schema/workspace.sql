-- What a file is turned into before it is checked. Every feed ends in these tables, so that each check exists once.
--
-- *_text columns hold what the file says, untouched; the typed columns are NULL where it cannot be read.

create table cell (
    line bigint not null,
    month_text varchar,
    unit_text varchar,
    measure_text varchar,
    numerator_text varchar,
    denominator_text varchar,
    state_text varchar,
    breakdown varchar not null,
    severity varchar not null,
    months tinyint,                     -- NULL: the measure's own
    denominator_line bigint,            -- where the denominator stands on a line of its own
    takes_denominator boolean not null, -- whether the feed itself carries the denominator column
    column_name varchar not null,       -- what the file calls the numerator
);

create table exposure_cell (
    line bigint not null,
    month_text varchar,
    unit_text varchar,
    kind_text varchar,
    value_text varchar,
    column_name varchar not null,       -- what the file calls the value
);

create table event_cell (
    line bigint not null,
    day_text varchar,
    unit_text varchar,
    measure_text varchar,
    reference_text varchar,
    revision_text varchar,
    severity_text varchar,
    status_text varchar,
    covers_from_text varchar,
    covers_to_text varchar,
);

create table unit_cell (
    line bigint not null,
    code varchar,
    name varchar,
    level varchar,
    parent varchar,
    peer_group varchar,
    beds_text varchar,
    valid_from_text varchar,
    valid_to_text varchar,
    follows varchar,
);

-- Lines that hold nothing this trust follows: neither stored nor wrong, and counted by what they are.
create table set_aside (line bigint not null, what varchar not null);

create table problem (
    line bigint not null,               -- 0: the file as a whole
    column_name varchar not null,
    value varchar,
    reason varchar not null,
);

create table measure_ref (
    measure_id varchar, exposure varchar, has_denominator boolean, denominator_in_extract boolean,
    is_proportion boolean, is_death boolean, is_whole boolean, additive boolean, months tinyint, dated_events boolean,
    national_numerator varchar, national_denominator varchar,
);

create table exposure_kind (kind varchar);

-- Units that the record knows, and those that this file brings.
create table unit_ref (code varchar, name varchar, level varchar, parent varchar, valid_from date, valid_to date);

-- Optional columns that a file leaves out read as NULL: each feed's staging query adds its rows to one of these.
create table monthly_columns (
    line bigint, month varchar, unit varchar, measure varchar, numerator varchar, denominator varchar, state varchar,
    breakdown varchar, severity varchar,
);

create table events_columns (
    line bigint, day varchar, unit varchar, measure varchar, event_reference varchar, revision varchar,
    severity varchar, status varchar, covers_from varchar, covers_to varchar,
);

create table units_columns (
    line bigint, code varchar, name varchar, level varchar, parent varchar, peer_group varchar, beds varchar,
    valid_from varchar, valid_to varchar, follows varchar,
);

-- What a field says, or NULL where it holds nothing but blanks.
create macro said(text) as nullif(trim(text, ' ' || chr(9) || chr(160)), '');

-- Dates are ISO, or the one other format that is declared: never guessed from the value. Excel counts days from 1899-12-30.
create macro day_of(text, style) as case
    when style = 'iso' and regexp_full_match(text, '\d{4}-\d{2}-\d{2}') then try_strptime(text, '%Y-%m-%d')::date
    when style = 'iso' and regexp_full_match(text, '\d{4}-\d{2}') then try_strptime(text || '-01', '%Y-%m-%d')::date
    when style = 'dmy' and regexp_full_match(text, '\d{1,2}/\d{1,2}/\d{4}') then try_strptime(text, '%d/%m/%Y')::date
    when style = 'month' and regexp_full_match(text, '[A-Za-z]{3,9}[- ]\d{2}') then coalesce(
        try_strptime('1 ' || replace(text, '-', ' '), '%d %b %y'), try_strptime('1 ' || replace(text, '-', ' '), '%d %B %y'))::date
    when style = 'month' and regexp_full_match(text, '[A-Za-z]{3,9}[- ]\d{4}') then coalesce(
        try_strptime('1 ' || replace(text, '-', ' '), '%d %b %Y'), try_strptime('1 ' || replace(text, '-', ' '), '%d %B %Y'))::date
    when style = 'excel' and regexp_full_match(text, '[3-6]\d{4}') then date '1899-12-30' + text::integer
end;

create macro other_style(style) as case style when 'iso' then 'dmy' else 'iso' end;

-- Other ways in which a column may write its months throughout, and the word that says so.
create macro declared_as(text) as case
    when regexp_full_match(text, '[3-6]\d{4}') then 'excel'
    when regexp_full_match(text, '[A-Za-z]{3,9}[- ]\d{2}(\d{2})?') then 'month'
end;

-- How published files mark a figure that is withheld, and one that is not there.
create macro is_suppressed(text) as text in ('*', '9999999', 'c', '[c]') or regexp_full_match(text, '<\s*\d+');

create macro is_absent(text) as lower(text) in ('n/a', 'na', '#n/a', 'null', '[x]');

-- Six decimals are kept; more would have to be rounded, and are no number here.
create macro number_of(text) as case
    when regexp_full_match(text, '\d{1,12}(\.\d{1,6}0*)?') then try_cast(text as decimal(18, 6))
    when regexp_full_match(text, '\d{1,3}(,\d{3}){1,3}') then try_cast(replace(text, ',', '') as decimal(18, 6))
end;

create macro has_many_decimals(text) as regexp_full_match(text, '-?\d+\.\d{7,}');

-- What is no number, and what to do about it.
create macro why_no_number(text, what) as case
    when has_many_decimals(text) then 'more than six decimals: round it where it comes from'
    when text like '-%' and number_of(text[2:]) is not null then what || ' cannot be negative'
    when regexp_full_match(text, '\(\d+(\.\d+)?\)') then what || ' cannot be negative, and brackets mean that'
    when text like '%!%' escape '!' then 'a percentage: send what it was worked out from, the numerator and the denominator'
    when text in ('-', '–', '—', '.', '..') then 'a dash may mean none or not known: write 0, or leave it blank'
    when lower(text) in ('nil', 'none', 'zero') then 'write 0'
    when regexp_full_match(text, '\d+,\d+') then 'a comma here may be a decimal or a thousands sign: write digits and a point'
    when text like '#%' then 'an error of the spreadsheet: correct the formula'
    else 'not a number: write digits only, or *, or leave it blank'
end;

-- One row: how the feed writes dates, today, the stretch that the loader says the extract covers, and whether a comma may be
-- the sign of decimals (in a file that is separated by semicolons).
create table setting (style varchar, today date, covers_from date, covers_to date, has_decimal_commas boolean);

-- Words by which a totals row is known: a total is computed here and never loaded.
create macro is_total(text) as regexp_full_match(lower(text), '(grand |sub-?)?totals?|all (wards|units)|sum|overall');

-- Lines with a word that the mapping does not know: what of them is known. Grain: one row per line and word.
create table unmapped_line (line bigint, unit varchar, measures varchar[], role varchar, value varchar);

-- The month that each of them lies in, where it can be read.
create table unmapped_month (line bigint, month date);

-- The measures that a mapping leads to: a listing covers them all, those without an event too.
create table mapped_measure (measure_id varchar);

-- Set once the file has been read: the number of the load and what its source calls newer.
create table this_load (load_id bigint, issue bigint);

create table reference_hash (reference_text varchar, event_ref varchar);
