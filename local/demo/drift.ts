/** `npm run demo:drift`: a live model is watched, drifts, trains again, is rolled back, and recovers. */
import type { Case } from '../../shared/domain/case.ts';
import type { Run } from '../../shared/domain/run.ts';
import { WorldError } from '../world/world-error.ts';
import { driftDemoHelp } from './demo-options.ts';
import { beLive, driftedTraffic, type Look, recover, retrain, rollBackAndRelease, usualTraffic } from './drift-acts.ts';
import { lookTable } from './look-table.ts';
import { runDemo } from './run-demo.ts';
import { MODEL } from './stage.ts';

const looks: Look[] = [];
let opened: Case | undefined;
let retrained: Run | undefined;

const theCase = (): Case => {
  if (!opened) throw new WorldError('No case was opened.');
  return opened;
};

await runDemo({ help: driftDemoHelp, flags: ['--keep'] }, () => ({
  joins: true,
  acts: [
    { title: 'The model is live in prod', play: beLive },
    {
      title: 'Flights of the first quarter: the monitor finds nothing',
      play: async (scene) => void looks.push(await usualTraffic(scene, 0)),
    },
    {
      title: 'Flights of July: drift, the alarm, a mail to on-call, a case',
      play: async (scene) => {
        const found = await driftedTraffic(scene);
        looks.push(found.look);
        opened = found.opened;
      },
    },
    {
      title: "July's labelled flights arrive: the model trains again, a steward approves, it goes live",
      play: async (scene) => {
        const { look, run } = await retrain(scene, theCase());
        looks.push(look);
        retrained = run;
      },
    },
    { title: 'A rollback by one command, and its release', play: rollBackAndRelease },
    {
      title: 'Flights of the first quarter again: the case closes by itself',
      play: async (scene) => {
        const { look, closed } = await recover(scene, theCase());
        looks.push(look);
        opened = closed;
      },
    },
  ],
  conclude: ({ world: { urls } }) =>
    [
      lookTable(looks),
      '',
      `case        ${theCase().caseId}, ${theCase().status} after ${theCase().breaches} drifted windows`,
      `issue       ${theCase().issue?.webUrl}`,
      `retraining  ${urls.web}/runs/${retrained?.runId}`,
      `model       ${urls.web}/models/${MODEL}`,
      `endpoint    ${urls.web}/models/${MODEL}/environments/prod`,
      `mails       ${urls.inbox}`,
    ].join('\n'),
}));
