import { expect } from 'chai'
import { withTasks } from '../../../support/backfill-bench.ts'
import { withClient } from '../../../support/postgres.ts'

describe('backfill says', () => {
  const bench = withTasks()
  const { backfill, query } = bench

  it('that there is nothing to do the second time', async () => {
    await backfill(['projects', 'tasks'])
    expect(await backfill(['projects', 'tasks'])).to.deep.equal({
      code: 0,
      out: '✔ public.tasks  0 rows filled\n',
      err: 'Nothing to do: every row has its tenant.\n',
    })
  })

  it('which tables it passed over', async () => {
    await query(`
      create table labels (id int primary key, tenant_id uuid);
      create table visits (id int, tenant_id uuid) partition by range (id);
      create table visits_1 partition of visits for values from (0) to (9);
      create table templates (id int primary key, tenant_id uuid)`)
    const config = { projects: {}, labels: {}, visits: {}, templates: { shared: true } }
    expect(await backfill(config)).to.deep.equal({
      code: 0,
      out: '',
      err: [
        '· public.labels: where its tenants would come from is not known; it was passed over.',
        '· public.visits: where its tenants would come from is not known; it was passed over.',
        '',
      ].join('\n'),
    })
  })

  it('with --dry-run what there is to do, and does not do it', async () => {
    const { code, out, err } = await backfill(['projects', 'tasks'], '--dry-run')
    expect({ code, out: out.split('\n').slice(0, 6), err }).to.deep.equal({
      code: 0,
      out: [
        '-- public.tasks: 10 rows without a tenant, 10 to be filled now.',
        '-- $1: rows in a batch; $2: the key of the last row of the batch before, absent in the first.',
        'with batch as (',
        '  select child.ctid as place, child.id as key_1, child.project_id as own_1',
        '  from only public.tasks as child',
        '  where child.tenant_id is null',
      ],
      err: 'Nothing was filled.\n',
    })
    expect(await query('select from tasks where tenant_id is not null')).to.deep.equal([])

    const json = JSON.parse((await backfill(['projects', 'tasks'], '--dry-run', '--json')).out)
    const [{ sql, ...table }] = json.tables
    expect(table).to.deep.equal({
      schema: 'public',
      name: 'tasks',
      column: 'tenant_id',
      empty: 10,
      fillable: 10,
      rows: 'select * from only public.tasks where tenant_id is null',
    })
    // The printed statements are those that run.
    await withClient(bench.url, async (client) => {
      expect((await client.query(sql.count)).rows).to.deep.equal([{ empty: 10, fillable: 10 }])
      const batch = await client.query(sql.batch, [4, ['3']])
      expect(batch.rows).to.deep.equal([{ seen: 4, filled: 4, key: ['7'] }])
    })
  })

  describe('rows that have no parent', () => {
    beforeEach(() =>
      query(`
        alter table tasks alter project_id drop not null;
        insert into tasks values (11, null), (12, null);
        create table notes (id int primary key, project_id int not null references projects, tenant_id uuid);
        insert into notes values (1, 1)`),
    )
    const config = { projects: {}, tasks: { backfill: { parent: 'projects' } }, notes: {} }

    it('are reported with the query that shows them, when all others are done', async () => {
      expect(await backfill(config, '--batch', '3')).to.deep.equal({
        code: 1,
        out: [
          '✖ public.tasks  10 rows filled',
          '  2 rows left without a tenant: the parent is missing, or has none itself.',
          '  see select * from only public.tasks where tenant_id is null;',
          '✔ public.notes  1 row filled',
          '',
        ].join('\n'),
        err: '',
      })
      expect(await query('select id from only public.tasks where tenant_id is null')).to.deep.equal(
        [{ id: 11 }, { id: 12 }],
      )
    })

    it('are counted in the JSON', async () => {
      const { code, out } = await backfill(config, '--json')
      expect({ code, ...JSON.parse(out) }).to.deep.equal({
        code: 1,
        version: 1,
        tables: [
          {
            schema: 'public',
            name: 'tasks',
            column: 'tenant_id',
            rows: 'select * from only public.tasks where tenant_id is null',
            filled: 10,
            left: 2,
          },
          {
            schema: 'public',
            name: 'notes',
            column: 'tenant_id',
            rows: 'select * from only public.notes where tenant_id is null',
            filled: 1,
            left: 0,
          },
        ],
        passedOver: [],
      })
    })
  })
})
