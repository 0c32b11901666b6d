-- Least privilege, applied by `zhibao db roles` with an account that may create roles; it may be run again.
--   zhibao_loader   takes returns in: may add to what was received and checked, may change or delete nothing
--   zhibao_reader   reads the returns of its own units (`set zhibao.units = 'chengguan,xigu'`), and no identifier
--   zhibao_auditor  reads everything but identifiers, of all units, and changes nothing
-- Nobody of them reads a column that is encrypted or keyed. The owner of the schema, who computes, is not bound.
do $$
declare
    role_name text;
begin
    foreach role_name in array array['zhibao_loader', 'zhibao_reader', 'zhibao_auditor'] loop
        if not exists (select from pg_roles where rolname = role_name) then
            execute format('create role %I nologin', role_name);
        end if;
        execute format('grant usage on schema zhibao to %I', role_name);
    end loop;
end
$$;

grant select, insert on zhibao.landed_file, zhibao.arrival, zhibao.submission, zhibao.assessment, zhibao.finding,
    zhibao.acceptance, zhibao.explanation, zhibao.programme_version to zhibao_loader;
grant select on zhibao.submission, zhibao.assessment, zhibao.finding, zhibao.acceptance, zhibao.explanation,
    zhibao.explanation_review to zhibao_reader;
grant select on all tables in schema zhibao to zhibao_auditor;

-- A row of a unit is seen by who is set to that unit; what hangs on a submission by who sees the submission.
create or replace function zhibao.sees_unit(unit text) returns boolean language sql stable as $$
    select unit = any (string_to_array(coalesce(current_setting('zhibao.units', true), ''), ','))
$$;

do $$
declare
    relation regclass;
    condition text;
    form_schema text;
    columns text;
begin
    for relation, condition in
        select 'zhibao.submission'::regclass, 'zhibao.sees_unit(unit)'
        union all select 'zhibao.acceptance', 'zhibao.sees_unit(unit)'
        union all
        select name::regclass, format(
            'exists (select from zhibao.submission as own where own.submission_id = %s.submission_id)', name
        )
        from unnest(array['zhibao.assessment', 'zhibao.explanation']) as listed (name)
        union all
        select 'zhibao.finding',
            'exists (select from zhibao.assessment as own where own.assessment_id = zhibao.finding.assessment_id)'
        union all
        select 'zhibao.explanation_review',
            'exists (select from zhibao.explanation as own'
            ' where own.explanation_id = zhibao.explanation_review.explanation_id)'
        union all
        select format('%I.%I', table_schema, table_name)::regclass, 'zhibao.sees_unit(unit)'
        from information_schema.tables
        where table_schema = any (:form_schemas) and table_type = 'BASE TABLE'
    loop
        execute format('alter table %s enable row level security', relation);
        execute format('drop policy if exists zhibao_reader on %s', relation);
        execute format('drop policy if exists zhibao_all on %s', relation);
        execute format('create policy zhibao_reader on %s for select to zhibao_reader using (%s)', relation, condition);
        execute format(
            'create policy zhibao_all on %s to zhibao_loader, zhibao_auditor using (true) with check (true)', relation
        );
    end loop;

    foreach form_schema in array :form_schemas loop
        execute format('grant usage on schema %I to zhibao_loader, zhibao_reader, zhibao_auditor', form_schema);
        execute format('grant select, insert on all tables in schema %I to zhibao_loader', form_schema);
        for relation, columns in
            select format('%I.%I', table_schema, table_name)::regclass,
                string_agg(quote_ident(column_name), ', ' order by ordinal_position)
            from information_schema.columns
            where table_schema = form_schema
                and column_name not like '%\_cipher' and column_name not like '%\_hmac' and column_name <> 'raw'
            group by table_schema, table_name
        loop
            execute format('grant select (%s) on %s to zhibao_reader, zhibao_auditor', columns, relation);
        end loop;
    end loop;
end
$$;
