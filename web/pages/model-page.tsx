import type { Deployment } from '../../shared/domain/deployment.ts';
import type { MonitoringHistory } from '../../shared/domain/monitoring-history.ts';
import type { Run } from '../../shared/domain/run.ts';
import { Digest } from '../parts/digest.tsx';
import { Layout, type PageFrame, type Viewer } from '../parts/layout.tsx';
import { MonitoringSection } from '../parts/monitoring-section.tsx';
import { RUN_STATES } from '../parts/run-status.ts';
import { StateMark } from '../parts/state-mark.tsx';
import { Table } from '../parts/table.tsx';
import { Distance, Time } from '../parts/time.tsx';

export type ModelView = {
  model: string;
  projectPath: string;
  stewardsGroup: string;
  /** In the order of roll-out; with nothing deployed where there is nothing. */
  environments: readonly { name: string; deployment: Deployment | undefined }[];
  /** What the monitor saw, an environment each, in the order of roll-out. */
  monitoring: readonly MonitoringHistory[];
  /** Newest first. */
  runs: readonly Run[];
};

export function ModelPage({ frame, view }: { frame: PageFrame & { viewer: Viewer }; view: ModelView }) {
  const waiting = view.runs.find(({ status }) => status === 'awaiting-approval');
  const parked = view.runs.find(({ status }) => status === 'parked');
  const last = view.environments.at(-1);
  const live = last?.deployment?.live;
  return (
    <Layout {...frame} title={view.model} crumbs={[{ href: '/', text: 'Models' }]}>
      <div class={`verdict is-${live ? 'good' : 'plain'}`}>
        <h1>
          {live
            ? `${view.model} v${live.version} is live in ${last.name}`
            : `${view.model} has nothing live in ${last?.name ?? 'any environment'} yet`}
        </h1>
        <p class="soft">
          Code in {view.projectPath}, decided by {view.stewardsGroup}.
        </p>
      </div>
      {waiting?.reviewId && (
        <section class="card is-action" aria-labelledby="waiting">
          <h2 id="waiting">Version {waiting.registered?.version} waits for a steward</h2>
          <p>
            <a class="button" href={`/reviews/${waiting.reviewId}`}>
              Open the review
            </a>
          </p>
        </section>
      )}
      {parked && (
        <section class="card is-action" aria-labelledby="parked">
          <h2 id="parked">Run {parked.sequence} is parked</h2>
          <p>
            <a href={`/runs/${parked.runId}`}>See why, and retry it</a>
          </p>
        </section>
      )}
      <section aria-labelledby="live">
        <h2 id="live">What is live where</h2>
        <Table
          caption="Environments in the order of roll-out"
          columns={[
            {
              header: 'Environment',
              cell: ({ name }) => <a href={`/models/${view.model}/environments/${name}`}>{name}</a>,
            },
            { header: 'Version', cell: ({ deployment }) => <LiveVersion deployment={deployment} /> },
            {
              header: 'Since',
              cell: ({ deployment }) => deployment?.live && <Time at={deployment.live.at} now={frame.now} />,
            },
            {
              header: 'Commit',
              cell: ({ deployment }) => deployment?.live && <Digest value={deployment.live.commit} />,
            },
            { header: 'Endpoint', cell: ({ deployment }) => deployment && <code>{deployment.endpointName}</code> },
          ]}
          rows={view.environments}
        />
      </section>
      <Watched view={view} now={frame.now} />
      <section aria-labelledby="runs">
        <h2 id="runs">Versions and runs</h2>
        {view.runs.length === 0 ? (
          <p>No run yet. A push to {view.projectPath} whose pipeline succeeds begins one.</p>
        ) : (
          <Runs runs={view.runs} now={frame.now} />
        )}
      </section>
    </Layout>
  );
}

/** The last environment is the one that matters most. */
function Watched({ view: { monitoring }, now }: { view: ModelView; now: string }) {
  const worthShowing = monitoring.filter(({ watched, windows }) => watched !== undefined || windows.length > 0);
  return (
    <section aria-labelledby="watched">
      <h2 id="watched">How it is watched</h2>
      {worthShowing.length === 0 && <p>Nothing is live, so nothing is watched yet.</p>}
      {worthShowing.toReversed().map((history, at) => (
        <MonitoringSection history={history} now={now} extent={extentOf(worthShowing.length, at)} />
      ))}
    </section>
  );
}

/** What is nearest to people comes first. */
function extentOf(environments: number, at: number) {
  if (environments === 1) return 'whole';
  return at === 0 ? 'main' : 'brief';
}

function LiveVersion({ deployment }: { deployment: Deployment | undefined }) {
  const { live, pending, hold } = deployment ?? {};
  return (
    <>
      {live ? <a href={`/runs/${live.runId}`}>v{live.version}</a> : <span class="soft">nothing live</span>}
      {pending && (
        <p>
          <StateMark state="wait" word={`moving to v${pending.version}`} />
        </p>
      )}
      {hold && (
        <p>
          <StateMark state="warn" word={`held: v${hold.from} was rolled back`} />
        </p>
      )}
    </>
  );
}

function Runs({ runs, now }: { runs: readonly Run[]; now: string }) {
  return (
    <Table
      caption="Newest first"
      columns={[
        {
          header: 'Run',
          cell: (run: Run) => (
            <a class="nowrap" href={`/runs/${run.runId}`}>
              run {run.sequence}
            </a>
          ),
        },
        { header: 'Version', cell: ({ registered }) => (registered ? `v${registered.version}` : '–') },
        {
          header: 'Commit',
          cell: ({ commitTitle, commitAuthor }) => (
            <>
              <bdi>{commitTitle}</bdi>
              <p>
                <bdi>{commitAuthor.name}</bdi>
              </p>
            </>
          ),
        },
        {
          header: 'Status',
          cell: ({ status }) => {
            const [state, word] = RUN_STATES[status];
            return <StateMark state={state} word={word} />;
          },
        },
        { header: 'Accepted', cell: ({ acceptedAt }) => <Distance at={acceptedAt} now={now} /> },
      ]}
      rows={runs}
    />
  );
}
