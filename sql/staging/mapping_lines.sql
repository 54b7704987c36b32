-- What a mapping makes of each line. Grain: one row per line of the file.
--
-- Reads:   mapped_raw (the mapped columns by the feed's names), mapping_text (what each distinct text of a coded column means),
--          mapping_setting (how lines are combined). A text that is blank is ''.
-- Columns: the feed's, translated; `aside` (why the line is known and not counted), `is_unmapped`, `incident` (the lines that
--          are counted once, where lines are combined) and `is_earlier` (of its revisions).
--
-- What is not counted needs no mapping: only the lines that would count are held up by a text that is not mapped.
create table mapped_line as
with read as (
    select
        r.*,
        u.targets as unit_targets,
        t.targets as status_targets,
        s.targets as severity_targets,
        s2.targets as severity_2_targets,
        k.targets as kind_targets,
        list_sort(list_distinct(list_filter(m.targets || m2.targets, lambda id: id <> ''))) as measures,
        len(u.unmapped) + len(m.unmapped) + len(m2.unmapped) + len(s.unmapped) + len(s2.unmapped) + len(t.unmapped)
            + len(k.unmapped) > 0 as has_unmapped,
        m.is_coded and len(m.unmapped) + len(m2.unmapped) = 0 as is_measure_known,
        len(u.targets) + len(u.unmapped) = 0 as is_place_known,
        len(s.targets) + len(s.unmapped) = 0 or len(s2.targets) + len(s2.unmapped) = 0 as is_severity_known,
        len(t.targets) + len(t.unmapped) = 0 as is_status_known,
        len(k.targets) + len(k.unmapped) = 0 as is_kind_known,
        u.shown as unit_shown,
        concat_ws(', ', nullif(m.shown, ''), nullif(m2.shown, '')) as measure_shown,
        concat_ws(', ', nullif(s.shown, ''), nullif(s2.shown, '')) as severity_shown,
        t.shown as status_shown,
        k.shown as kind_shown,
    from mapped_raw r
    join mapping_text u on u.role = 'unit' and u.text = coalesce(r.unit, '')
    join mapping_text m on m.role = 'measure' and m.text = coalesce(r.measure, '')
    join mapping_text m2 on m2.role = 'measure_2' and m2.text = coalesce(r.measure_2, '')
    join mapping_text s on s.role = 'severity' and s.text = coalesce(r.severity, '')
    join mapping_text s2 on s2.role = 'severity_2' and s2.text = coalesce(r.severity_2, '')
    join mapping_text t on t.role = 'status' and t.text = coalesce(r.status, '')
    join mapping_text k on k.role = 'kind' and k.text = coalesce(r.kind, '')
)
select
    line,
    -- What is no day stands as it is, for the checks to name.
    coalesce(strftime(mapped_day(day, date_style), '%Y-%m-%d'), day) as day,
    coalesce(strftime(if(month_of_day, date_trunc('month', month_read), month_read), '%Y-%m-%d'), month) as month,
    unit_targets[1] as unit,
    measures,
    kind_targets[1] as kind,
    trim(event_reference) as event_reference,
    revision,
    -- The worse of the two; a word that is no severity is passed on, for the checks to name.
    case
        when coalesce(severity_2_targets[1], '') = '' then severity_targets[1]
        when coalesce(list_position(ranks, severity_2_targets[1]), 0) > coalesce(list_position(ranks, severity_targets[1]), 0)
            then severity_2_targets[1]
        else severity_targets[1]
    end as severity,
    status_targets[1] as status,
    numerator, denominator, state, breakdown, value,
    coalesce(strftime(mapped_day(covers_from, date_style), '%Y-%m-%d'), covers_from) as covers_from,
    coalesce(strftime(mapped_day(covers_to, date_style), '%Y-%m-%d'), covers_to) as covers_to,
    case
        when is_measure_known and len(measures) = 0 then rtrim('category ' || measure_shown) || ': not followed here'
        when is_status_known then rtrim('status ' || status_shown) || ': not counted'
        when is_place_known then rtrim('location ' || unit_shown) || ': not counted here'
        when is_severity_known then rtrim('severity ' || severity_shown) || ': not counted'
        when is_kind_known then rtrim('kind ' || kind_shown) || ': not counted here'
    end as aside,
    has_unmapped as is_unmapped,
    combine,
    combine = 'lfpse' and coalesce(trim(event_reference), '') <> '' as is_combined,
    case when is_combined then trim(event_reference) else line::varchar end as incident,
    case when regexp_full_match(trim(revision), '\d{1,9}') then trim(revision)::integer end as revision_number,
    trim(revision) <> '' and revision_number is null as is_revision_unknown,
    -- Where one revision cannot be read, nobody knows which is the highest.
    is_combined and coalesce(revision_number, 0) < max(coalesce(revision_number, 0)) over (partition by is_combined, incident)
        and not bool_or(coalesce(is_revision_unknown, false)) over (partition by is_combined, incident) as is_earlier,
from (
    select
        read.*,
        s.date_style,
        s.month_of_day,
        s.combine,
        ['none', 'low', 'moderate', 'severe', 'fatal'] as ranks,
        mapped_day(month, s.date_style) as month_read,
    from read, mapping_setting s
);

insert into set_aside
select line, case when is_earlier then 'an earlier revision of an incident' else aside end
from mapped_line
where is_earlier or aside is not null;

insert into unmapped_line
with coded as (
    select line, 'unit' as role, coalesce(unit, '') as text from mapped_raw
    union all
    select line, 'measure', coalesce(measure, '') from mapped_raw
    union all
    select line, 'measure_2', coalesce(measure_2, '') from mapped_raw
    union all
    select line, 'severity', coalesce(severity, '') from mapped_raw
    union all
    select line, 'severity_2', coalesce(severity_2, '') from mapped_raw
    union all
    select line, 'status', coalesce(status, '') from mapped_raw
    union all
    select line, 'kind', coalesce(kind, '') from mapped_raw
)
select distinct l.line, l.unit, l.measures, c.role, unnest(t.unmapped) as value
from (from mapped_line where not is_earlier and aside is null and is_unmapped) l
join coded c using (line)
join (from mapping_text where len(unmapped) > 0) t using (role, text);

insert into problem
select u.line, o.column_name, s.shown,
    case when u.value = '' then 'nothing stands here: ' else '' end || o.reason || ' (' || n.lines
        || case n.lines when 1 then ' line)' else ' lines)' end
from unmapped_line u
join mapping_role o using (role)
join mapping_shown s using (role, value)
join (select role, value, count(*) as lines from unmapped_line group by role, value) n using (role, value);
