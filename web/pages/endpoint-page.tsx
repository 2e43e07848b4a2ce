import type { Deployment } from '../../shared/domain/deployment.ts';
import { describeRollback } from '../../shared/domain/describe-hold.ts';
import type { MonitoringHistory } from '../../shared/domain/monitoring-history.ts';
import type { EnvironmentPolicy } from '../../shared/domain/policy.ts';
import type { GitlabUser, Run } from '../../shared/domain/run.ts';
import type { RunEvent } from '../../shared/domain/run-event.ts';
import { EndpointFacts } from '../parts/endpoint-facts.tsx';
import { Layout, type PageFrame, type Viewer } from '../parts/layout.tsx';
import { MonitoringSection } from '../parts/monitoring-section.tsx';
import { ReasonForm } from '../parts/reason-form.tsx';
import { type State, StateMark } from '../parts/state-mark.tsx';
import { Time } from '../parts/time.tsx';
import { Timeline } from '../parts/timeline.tsx';

export type EndpointView = {
  model: string;
  environment: string;
  projectPath: string;
  onCallGroup: string;
  /** `undefined` where nothing was ever rolled out. */
  deployment: Deployment | undefined;
  liveRun: Run | undefined;
  /** How the live version's policy wants to be served here; `undefined` also where it can't be read. */
  setting: EnvironmentPolicy | undefined;
  /** What the monitor saw here. */
  monitoring: MonitoringHistory;
  /** What happened here, oldest first. */
  history: readonly RunEvent[];
  /** Whether this person is a Maintainer of the project or on call, and so may roll back and release. */
  mayOperate: boolean;
  /** The page loads itself again after so many seconds. */
  refreshSeconds?: number;
};

type Frame = PageFrame & { viewer: Viewer };

export function EndpointPage({ frame, view }: { frame: Frame; view: EndpointView }) {
  const { model, environment, deployment, history } = view;
  const [state, word, sentence] = verdictOf(view);
  return (
    <Layout
      {...frame}
      title={`${model} in ${environment}`}
      crumbs={[
        { href: '/', text: 'Models' },
        { href: `/models/${model}`, text: model },
      ]}
    >
      <div class={`verdict is-${state}`}>
        <StateMark state={state} word={word} />
        <h1>{sentence}</h1>
        {deployment?.live && (
          <p class="soft">
            Live since <Time at={deployment.live.at} now={frame.now} />
          </p>
        )}
      </div>
      {deployment && <WayBack frame={frame} view={view} deployment={deployment} />}
      {deployment && (
        <section aria-labelledby="facts">
          <h2 id="facts">What serves</h2>
          <div class="card">
            <EndpointFacts deployment={deployment} liveRun={view.liveRun} setting={view.setting} />
          </div>
        </section>
      )}
      {deployment && (
        <section aria-labelledby="watched">
          <h2 id="watched">How it is watched</h2>
          <MonitoringSection history={view.monitoring} now={frame.now} />
        </section>
      )}
      <section aria-labelledby="history">
        <h2 id="history">What happened here</h2>
        <Timeline events={history} now={frame.now} awaited={awaitedIn(deployment)} />
      </section>
    </Layout>
  );
}

function verdictOf({ model, environment, deployment }: EndpointView): [State, string, string] {
  const { live, pending, hold, rollback } = deployment ?? {};
  const place = `${model} in ${environment}`;
  if (rollback?.status === 'under-way')
    return [
      'wait',
      'being rolled back',
      `${place} goes back from v${rollback.from.version} to v${rollback.to.version}`,
    ];
  if (hold && live)
    return ['warn', 'held', `${model} v${live.version} serves ${environment}, and no run rolls out there`];
  if (pending) return ['wait', 'rolling out', `${place} is being moved to v${pending.version}`];
  if (live) return ['good', 'live', `${model} v${live.version} is live in ${environment}`];
  return ['plain', 'nothing live', `${model} has nothing live in ${environment} yet`];
}

function awaitedIn(deployment: Deployment | undefined): string | undefined {
  if (deployment?.rollback?.status === 'under-way') return 'the rollback';
  return deployment?.pending && 'the roll-out';
}

/** The rollback, the hold, and what may be done about either. */
function WayBack({ frame, view, deployment }: { frame: Frame; view: EndpointView; deployment: Deployment }) {
  const { rollback, hold, live, former } = deployment;
  if (rollback?.status === 'under-way') {
    return (
      <section class="card" aria-labelledby="way-back">
        <h2 id="way-back">The rollback is under way</h2>
        <p>{describeRollback(deployment, rollback)}</p>
        <Wish by={rollback.by} reason={rollback.reason} at={rollback.requestedAt} now={frame.now} />
        {view.refreshSeconds !== undefined && (
          <p class="small soft">This page refreshes itself every {view.refreshSeconds} seconds.</p>
        )}
      </section>
    );
  }
  if (hold) {
    return (
      <section class="card is-action" aria-labelledby="way-back">
        <h2 id="way-back">
          Held: v{hold.from} was rolled back to v{hold.to}
        </h2>
        <Wish by={hold.by} reason={hold.reason} at={hold.at} now={frame.now} />
        <p>A run that reaches {view.environment} is parked until somebody releases it.</p>
        {view.mayOperate ? (
          <ReasonForm
            action={`${pathOf(view)}/release`}
            csrfToken={frame.viewer.csrfToken}
            explanation={`v${hold.to} stays live. Runs may roll out again; parked ones can be retried.`}
            button={`Release ${view.environment}`}
          />
        ) : (
          <WhoMay view={view} what="release it" />
        )}
      </section>
    );
  }
  const failed = rollback?.status === 'failed' && rollback.from.runId === live?.runId ? rollback : undefined;
  return (
    <section class="card" aria-labelledby="way-back">
      <h2 id="way-back">The way back</h2>
      {failed && (
        <div class="notice is-bad">
          <p>
            <strong>The last rollback failed.</strong> What was live is live still.
          </p>
          {failed.reasons.map((reason) => (
            <p>
              <bdi>{reason}</bdi>
            </p>
          ))}
        </div>
      )}
      {former === undefined ? (
        <p>There is no former version on record to go back to.</p>
      ) : (
        <>
          <p>
            Before v{live?.version}, <a href={`/runs/${former.runId}`}>v{former.version}</a> was live here.
          </p>
          {view.mayOperate ? (
            <ReasonForm
              action={`${pathOf(view)}/rollback`}
              csrfToken={frame.viewer.csrfToken}
              explanation={`The endpoint goes back to v${former.version}, which is checked and tested as at its roll-out. No run rolls out to ${view.environment} until somebody releases it.`}
              button={`Roll back to v${former.version}`}
            />
          ) : (
            <WhoMay view={view} what="roll back to it" />
          )}
        </>
      )}
    </section>
  );
}

function Wish({ by, reason, at, now }: { by: GitlabUser; reason: string; at: string; now: string }) {
  return (
    <>
      <p class="quote">
        <bdi>{reason}</bdi>
      </p>
      <p class="soft">
        <bdi>{by.name}</bdi> @{by.username}, <Time at={at} now={now} />
      </p>
    </>
  );
}

function WhoMay({ view: { projectPath, onCallGroup }, what }: { view: EndpointView; what: string }) {
  return (
    <p>
      Maintainers of {projectPath} and members of {onCallGroup} can {what} here.
    </p>
  );
}

function pathOf({ model, environment }: EndpointView): string {
  return `/models/${model}/environments/${environment}`;
}
