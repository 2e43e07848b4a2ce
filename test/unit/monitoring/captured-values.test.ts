import { describe, expect, it } from '@jest/globals';
import { record, traffic, WINDOW, windowWorld } from './window-world.ts';

const PLANTED = 'Zelda Passenger';
const RARE = 'Rare Passenger';

/** Everything that a look leaves, other than what lies in the capture bucket. */
async function lookWithPlanted(showUnseenValues: boolean) {
  const w = await windowWorld({ monitoring: { drift: { showUnseenValues } } });
  const at = WINDOW.from.replace('.000', '');
  const planted = Array.from({ length: 300 }, (_, index) => record(index, PLANTED, at)).join('');
  const rare = Array.from({ length: 19 }, (_, index) => record(index, RARE, at)).join('');
  w.capture('a.jsonl', traffic(2000) + planted + rare);
  await w.look('e-1');
  const row = await w.row();
  const page = row?.page && Buffer.from(await w.deps.documents.read(row.page)).toString();
  return {
    report: JSON.stringify(await w.report()),
    page: page ?? '',
    others: JSON.stringify([row, w.deps.metrics.points, w.bus.facts]),
  };
}

describe('a captured value', () => {
  it('reaches no row, metric, event, report or page', async () => {
    const { report, page, others } = await lookWithPlanted(false);
    for (const text of [report, page, others]) {
      expect(text).not.toContain(PLANTED);
      expect(text).not.toContain(RARE);
    }
    expect(page).toContain('</html>');
  });

  it('is named in the report alone where the policy allows it, from 20 occurrences on', async () => {
    const { report, others } = await lookWithPlanted(true);
    expect(report).toContain(PLANTED);
    expect(report).not.toContain(RARE);
    expect(others).not.toContain(PLANTED);
  });
});
