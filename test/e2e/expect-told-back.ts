import type { Run } from '../../shared/domain/run.ts';
import type { E2eScene } from './open-scene.ts';

const FLIGHT = '1439,1598,283,33.98,19.04,13.81,0,10,1016.8,20.7,3,1,4';

/** Answer, version and configuration of each environment. */
export async function whatAnswers(scene: E2eScene) {
  const deployments = await scene.stage.deployments();
  return Promise.all(
    deployments.map(async ({ environment, endpointName, live }) => ({
      environment,
      version: live?.version,
      configName: live?.endpointConfigName,
      answer: await scene.stage.invoke(endpointName, FLIGHT),
    })),
  );
}

/** The author hears of it by the commit status and by one confidential issue that says why. */
export async function expectToldBack(scene: E2eScene, run: Run, reasons: readonly RegExp[]): Promise<void> {
  const { gitlab } = scene.stage;
  expect((await gitlab.statusOf(run.commit))?.status).toBe('failed');
  const issues = (await gitlab.issues()).filter(({ description }) => description.includes(run.runId));
  expect(issues.map(({ confidential }) => confidential)).toEqual([true]);
  for (const reason of reasons) {
    expect(run.reasons.join('\n')).toMatch(reason);
    expect(issues[0]?.description.replaceAll('\\', '')).toMatch(reason);
  }
}
