-- The tables that a mapping fills before its lines are read.

-- What each distinct text of a coded column means. `targets` empty and `unmapped` empty: known and not counted; `shown` is
-- NULL where there is nothing that may be shown of it (an unmapped text, or one that names a person).
create table mapping_text (role varchar, text varchar, targets varchar[], unmapped varchar[], shown varchar, is_coded boolean);

-- What is said of a text that is not mapped. Grain: one row per coded column.
create table mapping_role (role varchar, column_name varchar, reason varchar);

-- How a text that is not mapped may be shown: NULL where it names a person.
create table mapping_shown (role varchar, value varchar, shown varchar);

-- The lines that the mapping holds up: by a text that is not mapped, by a revision that is no number (role 'revision'), or with
-- another line of their incident (role 'incident'). None of them reaches the feed. Grain: one row per line and text.
-- `unit` and `measures` are the line's own, as far as they are known.


create table mapping_setting (date_style varchar, month_of_day boolean, combine varchar);

-- A day, a time after it or not. ISO cannot be mistaken; another style is read only where the mapping declares it.
create macro mapped_date(text, style) as case
    when regexp_full_match(text, '\d{4}-\d{2}-\d{2}') then try_strptime(text, '%Y-%m-%d')::date
    when style = 'dmy' and regexp_full_match(text, '\d{1,2}/\d{1,2}/\d{4}') then try_strptime(text, '%d/%m/%Y')::date
    when style = 'dmy' and regexp_full_match(text, '\d{1,2}\.\d{1,2}\.\d{4}') then try_strptime(text, '%d.%m.%Y')::date
    when style = 'dmy' and regexp_full_match(text, '\d{1,2}-\d{1,2}-\d{4}') then try_strptime(text, '%d-%m-%Y')::date
    when style = 'dmy' and regexp_full_match(text, '\d{1,2}[- ][A-Za-z]{3}[- ]\d{4}')
        then try_strptime(replace(text, '-', ' '), '%d %b %Y')::date
end;

create macro mapped_day(text, style) as mapped_date(
    regexp_replace(trim(text), '[ T]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?Z?$', ''), style
);
