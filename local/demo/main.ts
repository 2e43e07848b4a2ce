/** `npm run demo`: three commits through the whole product, on this machine, with nobody at the keyboard. */
import { people, signInUsers } from '../world/people.ts';
import { WorldError } from '../world/world-error.ts';
import { askProd, badCommit, decideAs, deniedCommit, goodCommit, type ProdAnswer, type Scene } from './acts.ts';
import { demoHelp } from './demo-options.ts';
import { type Outcome, outcomeTable } from './outcome-table.ts';
import { runDemo } from './run-demo.ts';

const outcomes: Outcome[] = [];
let prod: ProdAnswer | undefined;

const live = (): ProdAnswer => {
  if (!prod) throw new WorldError('Nothing is live in prod.');
  return prod;
};

await runDemo({ help: demoHelp, flags: ['--interactive', '--keep'] }, ({ interactive }) => ({
  joins: false,
  acts: [
    {
      title: 'A good commit goes live in dev, qa and prod',
      play: async (scene) => {
        const approve = { outcome: 'approved', reason: 'Better than nothing live, and every gate passed.' } as const;
        const decide = interactive ? waitForPerson(scene) : decideAs(people.steward1.username, scene, approve);
        outcomes.push(await goodCommit(scene, decide));
        prod = await askProd(scene);
        scene.say(`${prod.endpointName} answers ${prod.answer}`);
      },
    },
    {
      title: 'A bad commit is stopped by the gates and routed back',
      play: async (scene) => void outcomes.push(await badCommit(scene, live())),
    },
    {
      title: 'A steward rejects a third one',
      play: async (scene) => void outcomes.push(await deniedCommit(scene, live())),
    },
  ],
  conclude: () => {
    const { endpointName, version, answer } = live();
    return `${outcomeTable(outcomes)}\n\nprod (${endpointName}) answers with v${version}: ${answer}`;
  },
}));

/** Prints the link and the users, and waits for as long as the person takes: the run's own states tell when to go on. */
function waitForPerson(scene: Scene): (link: string) => Promise<void> {
  return async (link) => {
    const users = signInUsers.map(({ username }) => username).join(', ');
    scene.say(`Decide at ${link} (sign in as one of ${users}; steward-1 and steward-2 may decide)`);
    await scene.stage.decision(link.split('/').at(-1) ?? '');
  };
}
