import { expect } from 'chai'
import { upsertsIn } from '../../../src/catalog/read-upserts.ts'

describe('the upserts in the text of a function', () => {
  for (const [title, body, found] of [
    [
      'have the table and the columns',
      'insert into task_status (task_id) values (1) on conflict (task_id) do nothing;',
      [{ table: { schema: null, name: 'task_status' }, keys: ['task_id'] }],
    ],
    [
      'have quoted names, schemas, expressions and comments',
      `INSERT INTO /* mine */ "My Schema" . "Tasks" (a) select f(b, c)
         On  Conflict ( lower( e_mail ) , "Region,1" ) -- (d)
         do update set a = 1`,
      [
        {
          table: { schema: 'My Schema', name: 'Tasks' },
          keys: ['lower( e_mail )', 'Region,1'],
        },
      ],
    ],
    [
      'are each of its own insert',
      `insert into a values (1) on conflict do nothing;
       insert into b values (1) on conflict (id) where x > 1 do nothing;
       insert into c values (1) on conflict on constraint c_pkey do nothing`,
      [{ table: { schema: null, name: 'b' }, keys: ['id'] }],
    ],
    [
      'are of any table where the name is made at run time',
      `execute format('insert into %I (id) values (1) on conflict (id) do nothing', name)`,
      [{ table: null, keys: ['id'] }],
    ],
    ['are none', 'select 1', []],
  ] as const) {
    it(title, () => {
      expect(upsertsIn(body)).to.deep.equal(found)
    })
  }
})
